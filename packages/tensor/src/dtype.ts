// Element types of tensors, as ONNX names them (TensorProto.DataType, ONNX 1.20). Knows sizes, not values.

export type DType =
  | "float32"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "int32"
  | "int64"
  | "string"
  | "bool"
  | "float16"
  | "float64"
  | "uint32"
  | "uint64"
  | "complex64"
  | "complex128"
  | "bfloat16"
  | "float8e4m3fn"
  | "float8e4m3fnuz"
  | "float8e5m2"
  | "float8e5m2fnuz"
  | "uint4"
  | "int4"
  | "float4e2m1"
  | "float8e8m0"
  | "uint2"
  | "int2";

interface DTypeFacts {
  /** TensorProto.DataType number. */
  readonly onnx: number;
  /** Bits of one element in raw_data; 0 where raw_data cannot hold it. */
  readonly bits: number;
}

const facts: Record<DType, DTypeFacts> = {
  float32: { onnx: 1, bits: 32 },
  uint8: { onnx: 2, bits: 8 },
  int8: { onnx: 3, bits: 8 },
  uint16: { onnx: 4, bits: 16 },
  int16: { onnx: 5, bits: 16 },
  int32: { onnx: 6, bits: 32 },
  int64: { onnx: 7, bits: 64 },
  string: { onnx: 8, bits: 0 },
  bool: { onnx: 9, bits: 8 },
  float16: { onnx: 10, bits: 16 },
  float64: { onnx: 11, bits: 64 },
  uint32: { onnx: 12, bits: 32 },
  uint64: { onnx: 13, bits: 64 },
  complex64: { onnx: 14, bits: 64 },
  complex128: { onnx: 15, bits: 128 },
  bfloat16: { onnx: 16, bits: 16 },
  float8e4m3fn: { onnx: 17, bits: 8 },
  float8e4m3fnuz: { onnx: 18, bits: 8 },
  float8e5m2: { onnx: 19, bits: 8 },
  float8e5m2fnuz: { onnx: 20, bits: 8 },
  uint4: { onnx: 21, bits: 4 },
  int4: { onnx: 22, bits: 4 },
  float4e2m1: { onnx: 23, bits: 4 },
  float8e8m0: { onnx: 24, bits: 8 },
  uint2: { onnx: 25, bits: 2 },
  int2: { onnx: 26, bits: 2 },
};

const byNumber = new Map<number, DType>(
  (Object.keys(facts) as DType[]).map((dtype) => [facts[dtype].onnx, dtype]),
);

/** The dtype of a TensorProto.DataType number, or undefined for one ONNX 1.20 does not define. */
export function dtypeOf(onnx: number): DType | undefined {
  return byNumber.get(onnx);
}

/** The TensorProto.DataType number of a dtype. */
export function onnxNumber(dtype: DType): number {
  return facts[dtype].onnx;
}

/** Bits of one element as raw_data stores it (4 and 2 for the packed types); 0 for string. */
export function bitsOf(dtype: DType): number {
  return facts[dtype].bits;
}

/** Bytes of `count` elements in raw_data; sub-byte types are packed without row padding. */
export function byteLengthOf(dtype: DType, count: number): number {
  return Math.ceil((count * facts[dtype].bits) / 8);
}
