// Casting a file's elements to what a network's input takes. Between floats freely; to integers only what stays exact.

import { allocate, type DType, fromNumbers, type Tensor, type TensorData, toFloat32 } from "@bitscape/tensor";

const ranges: Partial<Record<DType, readonly [number, number]>> = {
  bool: [0, 1],
  uint8: [0, 2 ** 8 - 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint16: [0, 2 ** 16 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
  uint64: [0, 2 ** 64],
};

const floats: readonly DType[] = ["float16", "bfloat16", "float32", "float64"];

/**
 * Whether every element can become the dtype: any number a float; only whole numbers within its range an integer.
 * @throws a sentence naming the first that cannot, or a dtype that cannot be fed from a file
 */
export function checkCast(array: Tensor, to: DType, subject: string): void {
  if (array.dtype === to || floats.includes(to)) return;
  const range = ranges[to];
  if (!range) throw new Error(`${subject}: the network takes ${to}, expected numbers or booleans`);
  const from = ranges[array.dtype];
  if (from && from[0] >= range[0] && from[1] <= range[1]) return;
  checkValues(array, to, range, subject);
}

function checkValues(
  array: Tensor,
  to: DType,
  [low, high]: readonly [number, number],
  subject: string,
): void {
  const values = array.dtype === "float16" ? toFloat32(array.dtype, array.data) : array.data;
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (Number.isInteger(value) && value >= low && value <= high) continue;
    throw new Error(`${subject}: ${value} at ${i}, expected ${to} values`);
  }
}

/** The range of an integer dtype, undefined for any other. */
export function integerRange(dtype: DType): readonly [number, number] | undefined {
  return ranges[dtype];
}

/** Elements as another dtype, those of {@link checkCast}; `data` itself where it is that already. */
export function cast(from: DType, data: TensorData, to: DType): TensorData {
  if (from === to) return data;
  if (to === "float32") return toFloat32(from, data);
  if (from === "float16" || from === "bfloat16") return fromNumbers(to, toFloat32(from, data));
  if (!(data instanceof BigInt64Array) && !(data instanceof BigUint64Array)) return fromNumbers(to, data);
  const out = allocate(to, data.length);
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    out.set(data as BigInt64Array);
    return out;
  }
  return fromNumbers(to, data);
}
