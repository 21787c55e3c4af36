// Formats that activations may have, and a tensor's scale and zero point from its calibrated histogram. Only what
// QuantizeLinear itself makes: integers (opset 13, 16 bits 21) and the 8-bit floating-point types (opset 19).

import {
  centresOf,
  chooseQParams,
  type FormatFacts,
  formatFacts,
  type Histogram,
  type IntegerFacts,
  integerFacts,
  lpError,
  type Range,
  rangeOf,
  ratioOf,
  type Scheme,
} from "@bitscape/quant";

import { type Float8Type, float8Type } from "./float8.ts";

export interface Float8Facts extends FormatFacts {
  readonly kind: "float8";
  readonly dtype: "float8e4m3fn" | "float8e5m2";
  /** Largest finite value: 448 or 57344. */
  readonly most: number;
}

export type ActivationFacts = IntegerFacts | Float8Facts;

/** Whether ONNX Runtime has integer kernels for codes of a format: those of 8 bits or less, which are stored in 8. */
export function runsOnIntegers(format: ActivationFacts): boolean {
  return format.kind === "affine" && format.bits <= 8;
}

/** Facts of a format that activations may have. Throws one sentence that names those for any other. */
export function activationFacts(name: string): ActivationFacts {
  const facts = formatFacts(name);
  const found = float8Type(facts.name);
  if (found) return { ...facts, kind: "float8", dtype: found.dtype, most: found.most };
  if (facts.kind === "affine" && facts.bits > 1) return integerFacts(facts.name);
  throw new Error(
    `activation format: "${name}", expected int2 to int8, uint2 to uint8, int16, uint16, float8e4m3 or float8e5m2`,
  );
}

export interface Calibrated {
  readonly scale: number;
  readonly zeroPoint: number;
}

const searched = new WeakMap<Histogram, Map<string, Range>>();

/** Scale and zero point of a tensor. */
export function calibrated(histogram: Histogram, scheme: Scheme): Calibrated {
  const facts = activationFacts(scheme.format);
  const { base, ratio } = ratioOf(scheme.range);
  const whole = baseEnds(histogram, { ...scheme, range: base }, facts);
  const [low, high] = [whole.low * ratio, whole.high * ratio];
  if (facts.kind === "float8") {
    const scale = Math.fround(Math.max(-low, high) / facts.most);
    return { scale: scale >= 2 ** -126 && Number.isFinite(scale) ? scale : 1, zeroPoint: 0 };
  }
  const ends = { low: Float64Array.of(low), high: Float64Array.of(high) };
  const params = chooseQParams(ends, facts, scheme.symmetric);
  return { scale: params.scale[0] as number, zeroPoint: params.zeroPoint[0] as number };
}

/** What a base rule chooses; a search over ranges is made once, as every edit of a recipe asks again. */
function baseEnds(histogram: Histogram, scheme: Scheme, facts: ActivationFacts): Range {
  const key = JSON.stringify([scheme.format, scheme.symmetric, scheme.range]);
  const found = searched.get(histogram) ?? new Map<string, Range>();
  searched.set(histogram, found);
  const known = found.get(key);
  if (known) return known;
  const chosen =
    facts.kind === "float8"
      ? float8Range(histogram, scheme, facts)
      : rangeOf(histogram, scheme.range, facts, scheme.symmetric);
  found.set(key, chosen);
  return chosen;
}

/** A range whose larger end the largest float8 code is to stand for: there is a sign, and no zero point. */
function float8Range(histogram: Histogram, { range, format }: Scheme, { most }: Float8Facts): Range {
  const p = range === "mse" ? 2 : typeof range === "object" && "lp" in range ? range.lp : undefined;
  // Only a least error depends on the grid.
  if (p === undefined) return rangeOf(histogram, range, integerFacts("int8"), true);
  const { code, value } = float8Type(formatFacts(format).name) as Float8Type;
  const full = Math.max(-histogram.min, histogram.max);
  const centres = centresOf(histogram);
  let best = full;
  let least = Number.POSITIVE_INFINITY;
  for (let step = 0; step <= 40; step++) {
    const reach = full * (1 - step * 0.02);
    const scale = reach / most;
    const error = lpError(centres, (x) => value(code(x / scale)) * scale, p);
    if (error < least) {
      least = error;
      best = reach;
    }
  }
  return { low: -best, high: best };
}
