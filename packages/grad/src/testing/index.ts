// What tests of other packages and the benchmark use too. Nothing that ships imports this.

export { type BlockModels, blockModels, blocks } from "./blocks.ts";
export { errorOf, moved, objective, type Slope, slopeAlong } from "./difference.ts";
