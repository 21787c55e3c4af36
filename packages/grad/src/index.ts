export { type Activity, activityOf, type Obstacle, unsupported } from "./activity.ts";
export { NoRule } from "./error.ts";
export { type Gradients, type GradRequest, gradientGraph } from "./gradient.ts";
export {
  crossEntropy,
  divergence,
  type Forward,
  type Headed,
  type HeadOptions,
  logitsOf,
  squaredError,
  weightedSum,
} from "./heads.ts";
export { gradRules } from "./rules/table.ts";
export { type GradRule, type GradSite, gradientOf, inputOf, type PerSample, toInput } from "./site.ts";
export { passThrough, straightThrough, straightThroughRules } from "./straightThrough.ts";
export { isFloat, type Value } from "./value.ts";
export { withInputs } from "./weightInputs.ts";
export { type Cut, type Operand, Writer } from "./writer.ts";
