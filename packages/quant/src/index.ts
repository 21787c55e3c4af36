export { encodedBytes } from "./bytes.ts";
export type {
  Affine,
  Encoded,
  Float8,
  Grouped,
  Half,
  Levels,
  Nested,
  Product,
  ProductLayout,
} from "./encoded.ts";
export { maxAbsDiff, mse, relativeSquaredError, sqnrDb } from "./error.ts";
export type { Family, Format, FormatFacts, IntegerFacts } from "./formats/facts.ts";
export { fpBias } from "./formats/fp.ts";
export { decodeIntegers, encode, integerBits, integerFormats } from "./formats/integer.ts";
export { logStochastic } from "./formats/log.ts";
export { cutBits, decodeNestedTo, midpoint } from "./formats/nested.ts";
export type { FormatRow, Param, QuantizeOptions } from "./formats/row.ts";
export { formatFacts, formatRows, integerFacts, storedFacts } from "./formats/table.ts";
export { fitTernary, type TernaryFit, twnThreshold } from "./formats/ternary.ts";
export { eachRun, type Grouping, type Groups, groupsOf } from "./grouping.ts";
export {
  addValues,
  centresOf,
  emptyHistogram,
  type Histogram,
  quantileOf,
  type Range,
  rangeOf,
} from "./histogram.ts";
export { type Ladder, ladderOf } from "./ladder.ts";
export { type GridAt, lpClip, lpError, type Weighted } from "./lp.ts";
export { type BlockAxes, productLayout } from "./productLayout.ts";
export { chooseQParams, type QParams, type Ranges } from "./qparams.ts";
export { decode, type Quantized, quantize } from "./quantize.ts";
export { chooseBaseRange, chooseRange, minMax } from "./range.ts";
export { clamp, roundHalfEven } from "./round.ts";
export { sawbClip } from "./sawb.ts";
export {
  type BaseRange,
  type Clip,
  type Granularity,
  type RangeRule,
  type Rounding,
  ratioOf,
  type Scheme,
} from "./scheme.ts";
