// A dense tensor in memory: what is fed to a session and what comes back. Not a weight in a file (graph's Constant).

import type { DType } from "./dtype.ts";
import { e4m3ToFloat, e5m2ToFloat, floatToE4m3, floatToE5m2 } from "./float8.ts";
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from "./half.ts";
import { sizeOf } from "./shape.ts";

/**
 * Where a tensor's elements live; float16 and bfloat16 as their bit patterns in a Uint16Array, float8e4m3fn and float8e5m2
 * in a Uint8Array, bool as 0 and 1.
 */
export type TensorData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Row-major elements; its length is the product of `shape` (packed bytes for sub-byte dtypes). */
  readonly data: TensorData;
}

type ArrayOf = {
  new (length: number): TensorData;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TensorData;
  readonly BYTES_PER_ELEMENT: number;
};

const arrays: Partial<Record<DType, ArrayOf>> = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float8e4m3fn: Uint8Array,
  float8e5m2: Uint8Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
};

interface Codec {
  readonly encode: (value: number) => number;
  readonly decode: (bits: number) => number;
}

/** Floats that live as bit patterns. */
const codecs: Partial<Record<DType, Codec>> = {
  float16: { encode: floatToHalf, decode: halfToFloat },
  bfloat16: { encode: floatToBfloat, decode: bfloatToFloat },
  float8e4m3fn: { encode: floatToE4m3, decode: e4m3ToFloat },
  float8e5m2: { encode: floatToE5m2, decode: e5m2ToFloat },
};

function arrayOf(dtype: DType): ArrayOf {
  const array = arrays[dtype];
  if (!array) throw new Error(`tensor: dtype ${dtype}, expected one that a typed array can hold`);
  return array;
}

/** A typed array for `count` elements of a dtype, zeroed. */
export function allocate(dtype: DType, count: number): TensorData {
  return new (arrayOf(dtype))(count);
}

/** Little-endian bytes as the dtype's typed array: a view where alignment allows, else a copy. */
export function viewBytes(dtype: DType, bytes: Uint8Array): TensorData {
  const array = arrayOf(dtype);
  const size = array.BYTES_PER_ELEMENT;
  // Not bytes.slice(): on a Node Buffer that is a view.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / size));
}

/** The bytes under a typed array, shared with it. */
export function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Any numeric tensor data as float32 (float16, bfloat16 and float8 decoded); float32 is returned as it is. */
export function toFloat32(dtype: DType, data: TensorData): Float32Array {
  if (data instanceof Float32Array) return data;
  const out = new Float32Array(data.length);
  const decode = codecs[dtype]?.decode ?? Number;
  for (let i = 0; i < out.length; i++) out[i] = decode(data[i] as number);
  return out;
}

/** Numbers as a dtype's typed array (rounded toward zero for integers, to nearest even for narrow floats). */
export function fromNumbers(dtype: DType, values: ArrayLike<number | bigint>): TensorData {
  const out = allocate(dtype, values.length);
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    for (let i = 0; i < out.length; i++) {
      const value = values[i] as number | bigint;
      out[i] = typeof value === "bigint" ? value : BigInt(Math.trunc(value));
    }
    return out;
  }
  const encode = codecs[dtype]?.encode ?? Number;
  for (let i = 0; i < out.length; i++) out[i] = encode(Number(values[i]));
  return out;
}

/** A tensor of a shape from numbers. Throws where the count does not fit the shape. */
export function tensor(dtype: DType, shape: readonly number[], values: ArrayLike<number | bigint>): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new Error(`tensor [${shape.join(", ")}]: ${values.length} values, expected ${sizeOf(shape)}`);
  }
  return { dtype, shape, data: fromNumbers(dtype, values) };
}
