// Slabs against the whole: the same codes, scales and zero points, element for element.

import { type Constant, constantOf } from "@bitscape/graph";
import { type Grouping, groupsOf, type Quantized, quantize, type Scheme } from "@bitscape/quant";
import { bytesOf, floatToHalf, halfToFloat, normal, seededRandom, sizeOf, tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { quantizeInSlabs, slabsOf } from "./slabs.ts";

const scheme = (more: Partial<Scheme> = {}): Scheme => ({
  format: "int4",
  granularity: "channel",
  symmetric: true,
  range: "mse",
  rounding: "squant",
  ...more,
});

function weightOf(shape: readonly number[], dtype: "float32" | "float16" = "float32"): Constant {
  const random = seededRandom(sizeOf(shape));
  const values = Float32Array.from({ length: sizeOf(shape) }, () => normal(random));
  if (dtype === "float32") return constantOf("w", tensor("float32", shape, values));
  return constantOf("w", { dtype, shape, data: Uint16Array.from(values, floatToHalf) });
}

/** As a constant lies in a file: in ranges, and never whole. */
function inFile(constant: Constant): Constant {
  const bytes = constant.bytes();
  const range = (from: number, to: number) => bytes.slice(from, to);
  return {
    ...constant,
    range,
    bytes: () => {
      throw new Error("read whole");
    },
  };
}

interface Case {
  readonly shape: readonly number[];
  readonly grouping: Grouping;
  readonly slabs: number;
  readonly scheme?: Partial<Scheme>;
  readonly kernel?: number;
  readonly dtype?: "float16";
  readonly least?: boolean;
}

const cases: readonly Case[] = [
  { shape: [30, 40], grouping: { kind: "channel", axis: 0 }, slabs: 6, kernel: 1 },
  { shape: [30, 40], grouping: { kind: "channel", axis: 0 }, slabs: 6, least: true },
  { shape: [30, 40], grouping: { kind: "channel", axis: 1 }, slabs: 4, kernel: 1, least: true },
  { shape: [2, 30, 40], grouping: { kind: "channel", axis: 1 }, slabs: 10 },
  { shape: [1, 30, 40], grouping: { kind: "channel", axis: 1 }, slabs: 6 },
  { shape: [16, 6, 3, 3], grouping: { kind: "channel", axis: 0 }, slabs: 6, kernel: 9 },
  { shape: [30, 40], grouping: { kind: "block", axis: 1, size: 16 }, slabs: 6 },
  { shape: [45, 30], grouping: { kind: "block", axis: 0, size: 8 }, slabs: 6, kernel: 1 },
  { shape: [1, 45, 30], grouping: { kind: "block", axis: 1, size: 8 }, slabs: 6 },
  { shape: [3, 45, 30], grouping: { kind: "block", axis: 1, size: 8 }, slabs: 3 },
  { shape: [30, 40], grouping: { kind: "channel", axis: 0 }, slabs: 6, dtype: "float16" },
  { shape: [30, 40], grouping: { kind: "channel", axis: 1 }, slabs: 4, dtype: "float16" },
  {
    shape: [30, 40],
    grouping: { kind: "channel", axis: 1 },
    slabs: 4,
    scheme: { format: "uint8", symmetric: false, range: { percentile: 99 } },
  },
  { shape: [30, 40], grouping: { kind: "tensor" }, slabs: 1 },
];
const most = { together: 200, apart: 300 };

test.each(cases)("$shape, $grouping: $slabs slabs", (each) => {
  const { shape, grouping } = each;
  const constant = weightOf(shape, each.dtype);
  const wanted = scheme(each.scheme);
  const { count } = groupsOf(shape, grouping);
  const leastScale = each.least
    ? Float64Array.from({ length: count }, (_, g) => (g % 3 === 0 ? g / 10 : 0))
    : undefined;
  const plan = { weight: {} as never, scheme: wanted, shape, grouping, ...(leastScale && { leastScale }) };
  expect(slabsOf(plan, most)).toHaveLength(each.slabs);
  const encode = (data: Float32Array, part: readonly number[], least: Float64Array | undefined) =>
    quantize(data, part, wanted, grouping, {
      ...(each.kernel !== undefined && { kernel: each.kernel }),
      ...(least && { leastScale: least }),
      ...(each.dtype && { roundScale: (scale: number) => halfToFloat(floatToHalf(scale)) }),
    }) as Quantized;
  const bits = each.dtype
    ? Float32Array.from(new Uint16Array(constant.bytes().slice().buffer), halfToFloat)
    : new Float32Array(constant.bytes().slice().buffer);
  const whole = encode(bits, shape, leastScale);
  for (const at of [constant, ...(each.slabs > 1 ? [inFile(constant)] : [])]) {
    const steps = quantizeInSlabs(at, plan, encode, most);
    let turns = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) turns++;
    const found = step.value;
    expect(turns).toBe(each.slabs > 1 ? each.slabs : 0);
    expect(found.codes).toEqual(whole.codes);
    expect(bytesOf(found.scale)).toEqual(bytesOf(whole.scale));
    expect(found.zeroPoint).toEqual(whole.zeroPoint);
    expect([found.shape, found.groups.count, found.format]).toEqual([shape, count, whole.format]);
  }
});

describe("what cannot be divided is one slab", () => {
  const plan = { weight: {} as never, shape: [30, 40], grouping: { kind: "channel", axis: 0 } as const };
  test.each<[string, object]>([
    ["a format with a table for all", { format: "nf4" }],
    ["a rounding that looks at all", { rounding: "stochastic" }],
    ["a word that is not known here", { centroids: "int8" }],
  ])("%s", (_, more) => {
    expect(slabsOf({ ...plan, scheme: { ...scheme(), ...more } as Scheme }, most)).toHaveLength(1);
    expect(slabsOf({ ...plan, scheme: scheme() }, most)).toHaveLength(6);
  });
});
