// ONNX's 8-bit floats with a scale a group, as DequantizeLinear-19 reads them: x̂ = float32(float8(code) · scale). Values
// beyond ±448 or ±57344 scales saturate, so that no code is NaN or infinite.

import { e4m3ToFloat, e5m2ToFloat, floatToE4m3, floatToE5m2 } from "@bitscape/tensor";
import type { Float8 } from "../encoded.ts";
import { eachRun, groupsOf } from "../grouping.ts";
import { chooseScales } from "../levelScale.ts";
import { type Grid, gridOf } from "../levels.ts";
import { raiseScales } from "../scale.ts";
import { fpRatios } from "./fp.ts";
import type { FormatRow, Job } from "./row.ts";

interface Codec {
  readonly dtype: Float8["dtype"];
  readonly encode: (value: number) => number;
  /** The number of each byte. */
  readonly values: Float32Array;
  /** Its finite numbers, for the search of scales. */
  readonly grid: Grid;
}

function codec(
  dtype: Float8["dtype"],
  encode: (value: number) => number,
  toFloat: (byte: number) => number,
): Codec {
  const values = Float32Array.from({ length: 256 }, (_, byte) => toFloat(byte));
  return { dtype, encode, values, grid: gridOf([...values].filter(Number.isFinite)) };
}

const codecs: Readonly<Record<string, Codec>> = {
  float8e4m3: codec("float8e4m3fn", floatToE4m3, e4m3ToFloat),
  float8e5m2: codec("float8e5m2", floatToE5m2, e5m2ToFloat),
};

function quantizeFloat8({ data, shape, facts, scheme, grouping, options }: Job): Float8 {
  const { dtype, encode, grid } = codecs[facts.name] as Codec;
  const groups = groupsOf(shape, grouping);
  const { roundScale, leastScale } = options;
  const { scale } = chooseScales(data, groups, grid, { rule: scheme.range, ratios: fpRatios, roundScale });
  raiseScales(scale, leastScale, roundScale);
  const codes = new Uint8Array(data.length);
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) {
      // QuantizeLinear divides in float32.
      codes[i] = encode(Math.fround((data[i] as number) / (scale[g] as number)));
    }
  });
  return { kind: "float8", format: facts, dtype, shape, groups, scale, codes };
}

export function decodeFloat8({ codes, format, groups, scale }: Float8): Float32Array {
  const { values } = codecs[format.name] as Codec;
  const data = new Float32Array(codes.length);
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) {
      data[i] = (values[codes[i] as number] as number) * (scale[g] as number);
    }
  });
  return data;
}

export const float8: FormatRow = {
  family: "float8",
  pattern: "float8e4m3, float8e5m2",
  params: [],
  help: "ONNX's 8-bit floats: E4M3 for precision, E5M2 for range; a scale a group.",
  source: "ONNX FLOAT8E4M3FN, FLOAT8E5M2 (opset 19); OCP 8-bit Floating Point 1.0",
  granularities: ["tensor", "channel", "block"],
  heeds: ["range"],
  examples: Object.keys(codecs),
  parse: (name) =>
    Object.hasOwn(codecs, name) ? { name, family: "float8", args: [], bits: 8, kind: "float8" } : undefined,
  quantize: quantizeFloat8,
};
