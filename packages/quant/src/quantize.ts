// Values to codes in any format, and back. What each format does is in its file under formats/.

import type { Affine, Encoded } from "./encoded.ts";
import { decodeFloat8 } from "./formats/float8.ts";
import { decodeHalf } from "./formats/half.ts";
import { decodeIntegers } from "./formats/integer.ts";
import { decodeNested } from "./formats/nested.ts";
import { decodeProduct } from "./formats/product.ts";
import type { QuantizeOptions } from "./formats/row.ts";
import { lookUp } from "./formats/table.ts";
import type { Grouping } from "./grouping.ts";
import { decodeLevels } from "./levels.ts";
import type { Scheme } from "./scheme.ts";

/** A tensor on an integer grid. */
export type Quantized = Affine;

/**
 * Quantizes a weight tensor.
 * @param data row-major values of `shape`, finite
 * @throws one sentence where the format has no such name, or does not fit the shape
 */
export function quantize(
  data: Float32Array,
  shape: readonly number[],
  scheme: Omit<Scheme, "granularity">,
  grouping: Grouping,
  options: QuantizeOptions = {},
): Encoded {
  const { facts, row } = lookUp(scheme.format);
  return row.quantize({ data, shape, facts, scheme, grouping, options });
}

const decoders: {
  readonly [K in Encoded["kind"]]: (encoded: Extract<Encoded, { kind: K }>) => Float32Array;
} = {
  affine: decodeIntegers,
  levels: decodeLevels,
  float8: decodeFloat8,
  product: decodeProduct,
  nested: decodeNested,
  half: decodeHalf,
};

/** The values that an encoded tensor stands for, as float32: what ONNX Runtime computes from the file, bit for bit. */
export function decode(encoded: Encoded): Float32Array {
  return (decoders[encoded.kind] as (encoded: Encoded) => Float32Array)(encoded);
}
