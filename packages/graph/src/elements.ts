// Elements of a TensorProto that are not in raw_data (float_data, int32_data, …), as raw_data would hold them.
// Source: onnx.proto, comments of TensorProto; int32_data carries every type of at most 32 bits, fp16 and fp8 as bits.

import { byteLengthOf, bytesOf, type DType } from "@bitscape/tensor";
import type { TensorProto } from "onnx-buf";
import { InvalidModel } from "./error.ts";

type Reader = (proto: TensorProto) => Uint8Array;

const int32 =
  (make: (values: number[]) => ArrayBufferView<ArrayBuffer>): Reader =>
  (proto) =>
    view(make(proto.int32Data));
const view = (array: ArrayBufferView<ArrayBuffer>) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const bytes = int32((values) => Uint8Array.from(values));
const halves = int32((values) => Uint16Array.from(values));

const readers: Partial<Record<DType, Reader>> = {
  float32: (proto) => bytesOf(Float32Array.from(proto.floatData)),
  float64: (proto) => bytesOf(Float64Array.from(proto.doubleData)),
  int64: (proto) => bytesOf(BigInt64Array.from(proto.int64Data)),
  uint64: (proto) => bytesOf(BigUint64Array.from(proto.uint64Data)),
  uint32: (proto) => bytesOf(Uint32Array.from(proto.uint64Data, Number)),
  int32: int32((values) => Int32Array.from(values)),
  uint16: halves,
  int16: int32((values) => Int16Array.from(values)),
  float16: halves,
  bfloat16: halves,
  uint8: bytes,
  int8: bytes,
  bool: bytes,
  float8e4m3fn: bytes,
  float8e4m3fnuz: bytes,
  float8e5m2: bytes,
  float8e5m2fnuz: bytes,
  float8e8m0: bytes,
  // Packed two or four to an entry of int32_data.
  uint4: bytes,
  int4: bytes,
  float4e2m1: bytes,
  uint2: bytes,
  int2: bytes,
  complex64: (proto) => bytesOf(Float32Array.from(proto.floatData)),
  complex128: (proto) => bytesOf(Float64Array.from(proto.doubleData)),
};

/** Little-endian bytes of a tensor's typed elements. Throws where the dtype has no such field. */
export function typedElements(proto: TensorProto, dtype: DType, subject: string): Uint8Array {
  const read = readers[dtype];
  if (!read) throw new InvalidModel(`${subject}: ${dtype} elements, expected a type with data`);
  const found = read(proto);
  // A tensor without any data field is legal only when it is empty; its absence is said by the length check.
  return found.byteLength === 0 ? new Uint8Array(byteLengthOf(dtype, 0)) : found;
}
