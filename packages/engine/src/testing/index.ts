export { randomSetting } from "../allocate/random.sketch.ts";
// What tests of other packages use too. Nothing that ships imports this.

export { memoryDataset, openSmall, smallDataset, zipOf } from "./data.ts";
export {
  activationCases,
  type Bench,
  benchOf,
  type Compared,
  compareExport,
  type Difference,
  differenceOf,
  type ExportCase,
  faultOf,
  idsOf,
  weightCases,
} from "./exports.ts";
export { formatFaults, granularities, type Operator, operators } from "./formats.ts";
export * from "./nets.ts";
