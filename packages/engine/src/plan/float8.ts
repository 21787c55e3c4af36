// The 8-bit floating-point formats by name: ONNX's types for them, and the values of their codes.

import { e4m3ToFloat, e5m2ToFloat, floatToE4m3, floatToE5m2 } from "@bitscape/tensor";

export interface Float8Type {
  readonly dtype: "float8e4m3fn" | "float8e5m2";
  /** Largest finite value. */
  readonly most: number;
  readonly code: (value: number) => number;
  readonly value: (code: number) => number;
}

const types: Readonly<Record<string, Float8Type>> = {
  float8e4m3: { dtype: "float8e4m3fn", most: 448, code: floatToE4m3, value: e4m3ToFloat },
  float8e5m2: { dtype: "float8e5m2", most: 57344, code: floatToE5m2, value: e5m2ToFloat },
};

/** The type of a format; undefined where it is no float8. */
export function float8Type(format: string): Float8Type | undefined {
  return Object.hasOwn(types, format) ? types[format] : undefined;
}

/** The values of all 256 codes of a format, NaN and infinities included; code order. */
export function float8Values(format: string): Float32Array {
  const type = float8Type(format);
  if (!type) throw new Error(`format: "${format}", expected one of ${Object.keys(types).join(", ")}`);
  return Float32Array.from({ length: 256 }, (_, code) => type.value(code));
}
