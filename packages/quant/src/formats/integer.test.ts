import { floatToHalf, halfToFloat, normal, seededRandom, sizeOf } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import type { Affine } from "../encoded.ts";
import { type Grouping, gather, groupsOf } from "../grouping.ts";
import { chooseQParams } from "../qparams.ts";
import { quantize as quantizeAny } from "../quantize.ts";
import type { RangeRule, Scheme } from "../scheme.ts";
import type { Format } from "./facts.ts";
import { decodeIntegers as decode, encode, integerFormats } from "./integer.ts";
import type { QuantizeOptions } from "./row.ts";
import { integerFacts } from "./table.ts";

/** Quantization in formats that are integers. */
function quantize(
  data: Float32Array,
  shape: readonly number[],
  scheme: Omit<Scheme, "granularity">,
  grouping: Grouping,
  options?: QuantizeOptions,
): Affine {
  const found = quantizeAny(data, shape, scheme, grouping, options);
  if (found.kind !== "affine") throw new Error(`${scheme.format}: ${found.kind}, expected affine`);
  return found;
}

const half = (scale: number) => halfToFloat(floatToHalf(scale));

/** Bell-shaped values, each channel with its own spread and offset, some exact zeros, one channel all zero. */
function weights(seed: number, shape: readonly number[]): Float32Array {
  const random = seededRandom(seed);
  const inner = sizeOf(shape.slice(1));
  const spread = Array.from({ length: shape[0] as number }, (_, c) =>
    c === 1 ? 0 : 2 ** (random() * 12 - 6),
  );
  const offset = spread.map((each) => each * (random() * 3 - 1.5));
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const c = Math.floor(i / inner);
    return random() < 0.05 ? 0 : normal(random) * (spread[c] as number) + (offset[c] as number);
  });
}

const groupings: readonly Grouping[] = [
  { kind: "tensor" },
  { kind: "channel", axis: 0 },
  { kind: "channel", axis: 1 },
  { kind: "block", axis: 1, size: 5 },
  { kind: "block", axis: 0, size: 4 },
];
const shape = [6, 13, 3];
const rules: readonly RangeRule[] = ["minmax", "mse", { percentile: 99 }];
// One symmetric bit is the binary format.
const cases = integerFormats.flatMap((format) =>
  [true, false]
    .filter((symmetric) => !symmetric || !format.endsWith("t1"))
    .map((symmetric) => ({
      format,
      symmetric,
      name: `${format}${symmetric ? " symmetric" : " affine"}`,
    })),
);

/** Scale and zero point of each element. */
function spreadOut({ groups, scale, zeroPoint, codes }: Affine): { s: Float32Array; z: Float32Array } {
  const s = Float32Array.from(scale);
  // Zero codes with zero points −1 … decode to the scale itself: the layout comes out of decode alone.
  const ones = new Int32Array(groups.count).fill(-1);
  const zeros = new Int16Array(codes.length);
  return {
    s: decode({ codes: zeros, groups, scale: s, zeroPoint: ones }),
    z: decode({ codes: zeros, groups, scale: Float32Array.from(zeroPoint, (z) => -z), zeroPoint: ones }).map(
      (z) => -z,
    ),
  };
}

describe.each(cases)("$name", ({ format, symmetric }) => {
  const { bits, qmin, qmax } = integerFacts(format);
  // x / scale is rounded to float32: of 16-bit codes that is 2^-9 of a step.
  const half = 0.5 + 2 ** (bits === 16 ? -8 : -12);
  const data = weights(integerFormats.indexOf(format), shape);

  it.each(groupings)("codes, error and range of %o", (grouping) => {
    for (const range of rules) {
      const found = quantize(data, shape, { format, symmetric, range }, grouping);
      const { s, z } = spreadOut(found);
      const values = decode(found);
      let worst = 0;
      for (let i = 0; i < data.length; i++) {
        const x = data[i] as number;
        const step = s[i] as number;
        const code = found.codes[i] as number;
        expect(code >= qmin && code <= qmax).toBe(true);
        expect(values[i]).toBe(Math.fround((code - (z[i] as number)) * step));
        if (x === 0) expect(Object.is(values[i], 0)).toBe(true);
        const low = (qmin - (z[i] as number)) * step;
        const high = (qmax - (z[i] as number)) * step;
        // Inside: within half a step. Outside: at the nearer end.
        const off = Math.abs((values[i] as number) - x) - Math.max(0, x - high, low - x);
        worst = Math.max(worst, off / step);
      }
      expect(worst).toBeLessThanOrEqual(half);
      if (range !== "minmax") continue;
      // Nothing is clipped by more than the zero point's rounding.
      const clipped = data.some((x, i) => Math.abs((values[i] as number) - x) > half * (s[i] as number));
      expect(clipped).toBe(false);
    }
  });

  it.each(groupings)("quantizing again changes no code (min-max, %o)", (grouping) => {
    const scheme = { format, symmetric, range: "minmax" } as const;
    const once = quantize(data, shape, scheme, grouping);
    const values = decode(once);
    const twice = quantize(values, shape, scheme, grouping);
    const ofZeros = gather(values, once.groups).map((each) => each.every((x) => x === 0));
    const close = (a: number, b: number) => Math.abs(a - b) <= Math.abs(a) * 2 ** -22;
    if (bits === 16) {
      // The quotient of the upper end, rounded to float32, may miss the last code by one; all steps then differ a little.
      const { s } = spreadOut(once);
      const again = decode(twice);
      expect(values.every((x, i) => Math.abs((again[i] as number) - x) <= (s[i] as number))).toBe(true);
      return;
    }
    // The scale comes out of its own product with a code, so it may differ in its last bits.
    expect(once.scale.every((s, g) => ofZeros[g] || close(s, twice.scale[g] as number))).toBe(true);
    expect(twice.codes).toEqual(once.codes);
    expect(decode(twice).every((x, i) => close(values[i] as number, x))).toBe(true);
  });

  it("grid points are fixed: encoding decoded codes gives the codes", () => {
    const groups = groupsOf([qmax - qmin + 1], { kind: "tensor" });
    const codes = new (qmax < 2 ** 15 ? Int16Array : Int32Array)(qmax - qmin + 1).map((_, i) => qmin + i);
    const random = seededRandom(3);
    for (let trial = 0; trial < (bits === 16 ? 5 : 50); trial++) {
      const scale = Float32Array.of(2 ** (random() * 100 - 50));
      const zeroPoint = Int32Array.of(symmetric ? 0 : qmin + Math.floor(random() * (qmax - qmin + 1)));
      const values = decode({ codes, groups, scale, zeroPoint });
      const again = encode(values, groups, { scale, zeroPoint }, integerFacts(format));
      expect(again.findIndex((code, i) => code !== codes[i])).toBe(-1);
    }
  });

  it("scaling the input by a power of two scales scale and values, and no code changes", () => {
    for (const range of rules) {
      const scheme = { format, symmetric, range };
      const grouping = { kind: "block", axis: 1, size: 5 } as const;
      const base = quantize(data, shape, scheme, grouping);
      const zeroGroup = gather(data, base.groups).map((each) => each.every((x) => x === 0));
      for (const k of [-20, -1, 3, 20]) {
        const scaled = quantize(
          data.map((x) => x * 2 ** k),
          shape,
          scheme,
          grouping,
        );
        expect(scaled.codes).toEqual(base.codes);
        expect(scaled.zeroPoint).toEqual(base.zeroPoint);
        expect(scaled.scale).toEqual(base.scale.map((s, g) => (zeroGroup[g] ? s : s * 2 ** k)));
      }
    }
  });
});

describe("quantize", () => {
  const scheme = (format: Format, range: RangeRule = "minmax") => ({ format, symmetric: true, range });

  it("known codes, ties to even", () => {
    const data = Float32Array.of(-128, -2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 127);
    const found = quantize(data, [9], scheme("int8"), { kind: "tensor" });
    expect([...found.scale]).toEqual([1]);
    expect([...found.codes]).toEqual([-128, -2, -2, 0, 0, 0, 2, 2, 127]);
    expect([...decode(found)]).toEqual([-128, -2, -2, 0, 0, 0, 2, 2, 127]);
  });

  it("divides in float32: what is a tie there is a tie here", () => {
    // Found by search: x / s lies off k + 1/2 in float64 and on it in float32.
    const random = seededRandom(11);
    const groups = groupsOf([1], { kind: "tensor" });
    const facts = integerFacts("int8");
    let met = 0;
    for (let i = 0; i < 300_000 && met < 20; i++) {
      const s = Math.fround(0.01 + random());
      const k = Math.floor(random() * 50) * 2 + 1; // odd: the tie goes up to k + 1, a number just below it to k
      const x = Math.fround((k + 0.5) * s);
      if (Math.fround(x / s) !== k + 0.5 || !(x / s < k + 0.5)) continue;
      met++;
      const params = { scale: Float32Array.of(s), zeroPoint: Int32Array.of(0) };
      expect([...encode(Float32Array.of(x), groups, params, facts)]).toEqual([k + 1]);
    }
    expect(met).toBe(20);
  });

  it("saturates what lies outside, at any zero point", () => {
    const data = Float32Array.of(
      -3e38,
      -1e10,
      1e10,
      3e38,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    );
    for (const z of [0, 7, 255]) {
      const params = { scale: Float32Array.of(0.01), zeroPoint: Int32Array.of(z) };
      const codes = encode(data, groupsOf([6], { kind: "tensor" }), params, integerFacts("uint8"));
      expect([...codes]).toEqual([0, 0, 255, 255, 0, 255]);
    }
  });

  it("keeps scales above a lower bound, and the range covered", () => {
    const data = weights(1, [4, 8]);
    const grouping = { kind: "channel", axis: 0 } as const;
    for (const symmetric of [true, false]) {
      const base = { format: "uint8", symmetric, range: "minmax" } as const;
      const free = quantize(data, [4, 8], base, grouping);
      const leastScale = Float64Array.from(free.scale, (s, g) => (g % 2 === 0 ? s * 3 : s / 3));
      const bound = quantize(data, [4, 8], base, grouping, { leastScale });
      expect([...bound.scale]).toEqual([...free.scale].map((s, g) => (g % 2 === 0 ? Math.fround(s * 3) : s)));
      const values = decode(bound);
      data.forEach((x, i) => {
        const s = bound.scale[Math.floor(i / 8)] as number;
        expect(Math.abs((values[i] as number) - x)).toBeLessThanOrEqual(s * 0.501);
      });
    }
  });

  it("a lower bound is stored as scales are", () => {
    const data = Float32Array.of(-1, 0.5);
    const options = { roundScale: half, leastScale: Float64Array.of(0.1) };
    const found = quantize(data, [2], scheme("int8"), { kind: "tensor" }, options);
    expect([...found.scale]).toEqual([half(0.1)]);
  });

  it("float16 scales: codes belong to the rounded scale", () => {
    const data = weights(5, [4, 32]);
    const grouping = { kind: "channel", axis: 0 } as const;
    for (const range of rules) {
      const found = quantize(data, [4, 32], scheme("int8", range), grouping, { roundScale: half });
      expect([...found.scale].map(half)).toEqual([...found.scale]);
      expect(encode(data, found.groups, found, found.format)).toEqual(found.codes);
    }
  });

  it("empty tensors", () => {
    for (const range of rules) {
      const found = quantize(new Float32Array(0), [0, 3], scheme("int4", range), {
        kind: "channel",
        axis: 1,
      });
      expect([...found.scale]).toEqual([1, 1, 1]);
      expect([...found.zeroPoint]).toEqual([0, 0, 0]);
      expect(decode(found)).toHaveLength(0);
    }
  });

  it("subnormal values become zeros of scale 1", () => {
    const data = Float32Array.of(2 ** -149, -(2 ** -140), 0);
    const found = quantize(data, [3], scheme("int8"), { kind: "tensor" });
    expect([...found.scale]).toEqual([1]);
    expect([...decode(found)]).toEqual([0, 0, 0]);
  });

  it("decode is chooseQParams' inverse on both ends of an affine range", () => {
    const params = chooseQParams(
      { low: Float64Array.of(-1), high: Float64Array.of(3) },
      integerFacts("uint2"),
      false,
    );
    const groups = groupsOf([4], { kind: "tensor" });
    const codes = Int16Array.of(0, 1, 2, 3);
    const s = Math.fround(4 / 3);
    expect([...decode({ codes, groups, ...params })]).toEqual([-s, 0, s, Math.fround(2 * s)]);
  });
});
