// 16-bit floats without scales: every weight to the nearest, ties to even; what float16 cannot reach becomes its
// largest number (IEEE 754 binary16, bfloat16).

import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from "@bitscape/tensor";
import type { Half } from "../encoded.ts";
import type { FormatRow, Job } from "./row.ts";

interface Codec {
  readonly encode: (value: number) => number;
  readonly decode: (bits: number) => number;
  /** Largest finite number, and its pattern. */
  readonly most: number;
  readonly pattern: number;
}

const codecs: Readonly<Record<Half["dtype"], Codec>> = {
  float16: { encode: floatToHalf, decode: halfToFloat, most: 65504, pattern: 0x7bff },
  bfloat16: { encode: floatToBfloat, decode: bfloatToFloat, most: bfloatToFloat(0x7f7f), pattern: 0x7f7f },
};

function quantizeHalf({ data, shape, facts }: Job): Half {
  const dtype = facts.name as Half["dtype"];
  const { encode, most, pattern } = codecs[dtype];
  const codes = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const x = data[i] as number;
    codes[i] = Math.abs(x) > most ? pattern | (x < 0 ? 0x8000 : 0) : encode(x);
  }
  return { kind: "half", format: facts, shape, dtype, codes };
}

export function decodeHalf({ codes, dtype }: Half): Float32Array {
  const { decode } = codecs[dtype];
  const data = new Float32Array(codes.length);
  for (let i = 0; i < data.length; i++) data[i] = decode(codes[i] as number);
  return data;
}

export const half: FormatRow = {
  family: "half",
  pattern: "float16, bfloat16",
  params: [],
  help: "16-bit floats, to the nearest: no scales.",
  source: "IEEE 754 binary16; bfloat16",
  granularities: ["tensor"],
  heeds: [],
  examples: ["float16", "bfloat16"],
  parse: (name) =>
    Object.hasOwn(codecs, name) ? { name, family: "half", args: [], bits: 16, kind: "half" } : undefined,
  quantize: quantizeHalf,
};
