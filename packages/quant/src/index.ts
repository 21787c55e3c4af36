export { maxAbsDiff, mse, relativeSquaredError, sqnrDb } from "./error.ts";
export { type Format, type FormatFacts, formatFacts, formats, integerBits } from "./format.ts";
export { type Grouping, type Groups, groupsOf } from "./grouping.ts";
export {
  addValues,
  emptyHistogram,
  type Histogram,
  quantileOf,
  type Range,
  rangeOf,
} from "./histogram.ts";
export { chooseQParams, type QParams, type Ranges } from "./qparams.ts";
export { decode, encode, type Quantized, type QuantizeOptions, quantize } from "./quantize.ts";
export { chooseRange, minMax } from "./range.ts";
export { clamp, roundHalfEven } from "./round.ts";
export type { Granularity, RangeRule, Rounding, Scheme } from "./scheme.ts";
