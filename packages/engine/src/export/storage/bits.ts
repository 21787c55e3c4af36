// Codes in a file at their own width: in ONNX's integer types where DequantizeLinear reads them, else packed in uint8
// with a few standard operators that unpack them, so that the file is as small as the arithmetic says.

import { int, string } from "@bitscape/graph";
import {
  bytesOf,
  type DType,
  type Width as Packed,
  packBits,
  packTrits,
  sizeOf,
  tensor,
} from "@bitscape/tensor";
import type { Packing, Part, Value } from "../part.ts";

/** Codes to store. */
export interface Codes {
  readonly name: string;
  /** The shape they are wanted in; any with as many elements. */
  readonly shape: readonly number[];
  /** Bits of one, 1 to 8 or 16. */
  readonly width: number;
  readonly signed: boolean;
  /** One an element, row-major. */
  readonly codes: () => ArrayLike<number>;
}

/** How a width is stored, and from which ai.onnx opset on. */
export interface Width {
  readonly opset: number;
  /** What is stored for a code, less the code: 2^(b−1) where signed codes are stored unsigned. */
  readonly offset: (codes: Pick<Codes, "width" | "signed">) => number;
  readonly lay: (codes: Codes, part: Part) => Value;
}

/** One of ONNX's own integer types. */
function typed(opset: number, width: 2 | 4 | 8 | 16): Width {
  return {
    opset,
    offset: () => 0,
    lay: ({ name, shape, signed, codes }, part) => {
      const dtype = `${signed ? "int" : "uint"}${width}` as DType;
      return part.constant(name, dtype, shape, () => packedBytes(codes(), width));
    },
  };
}

/** Little-endian bytes of codes in a type of this width. */
export function packedBytes(codes: ArrayLike<number>, width: Packed | 16): Uint8Array {
  if (width !== 16) return packBits(codes, width);
  const words = new Uint16Array(codes.length);
  for (let i = 0; i < words.length; i++) words[i] = codes[i] as number;
  return bytesOf(words);
}

/** Bit-packed: BitShift-11, BitwiseAnd-18 and BitwiseOr-18 on uint8; ONNX Runtime folds them to uint8 at load, no wider. */
const packed: Width = {
  opset: 18,
  offset: ({ width, signed }) => (signed ? 2 ** (width - 1) : 0),
  lay: ({ name, shape, width, signed, codes }, part) => {
    const offset = signed ? 2 ** (width - 1) : 0;
    const stored = () => bytesFrom(codes(), (code) => code + offset);
    return part.unpacked(bitPacking(width as Packed), name, shape, stored);
  },
};

/** A byte for each code. (A loop: Uint8Array.from calls an iterator, which takes seconds where there are many.) */
export function bytesFrom(codes: ArrayLike<number>, byte: (code: number) => number): Uint8Array {
  const bytes = new Uint8Array(codes.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = byte(codes[i] as number);
  return bytes;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/**
 * Unsigned codes of any width packed low bits first, and their unpacking to uint8. As many codes as fill whole bytes
 * are a row; a code that lies across two bytes of its row is put together from both.
 */
export function bitPacking(width: Packed): Packing {
  return {
    key: `${width}`,
    unpack: (name, shape, codes, part) => unpackBits(width, name, shape, codes, part),
  };
}

function unpackBits(
  width: Packed,
  name: string,
  shape: readonly number[],
  codes: () => ArrayLike<number>,
  part: Part,
): Value {
  const count = sizeOf(shape);
  const bytesARow = width / gcd(8, width);
  const codesARow = 8 / gcd(8, width);
  const rows = Math.ceil(count / codesARow);
  const bytes = () => {
    const packed = new Uint8Array(rows * bytesARow);
    packed.set(packBits(codes(), width));
    return packed;
  };
  const stored = part.constant(name, "uint8", [rows, bytesARow], bytes);
  if (width === 8) return part.reshape(stored, shape);
  const firstBits = Array.from({ length: codesARow }, (_, i) => i * width);
  const bytesOfRow = firstBits.map((bit) => bit >> 3);
  const result = { dtype: "uint8", shape: [rows, codesARow] } as const;
  const bitwise = (op: string, a: Value, values: readonly number[], attributes = {}) =>
    part.step(
      op,
      [a, part.share("bits", tensor("uint8", values.length > 1 ? [values.length] : [], values))],
      result,
      attributes,
    );
  const taken = (at: readonly number[]) =>
    part.step("Gather", [stored, part.share("bytes", tensor("int32", [at.length], at))], result, {
      axis: int(1),
    });
  const low = bitwise(
    "BitShift",
    bytesARow === 1 ? stored : taken(bytesOfRow),
    firstBits.map((bit) => bit & 7),
    {
      direction: string("RIGHT"),
    },
  );
  let all = low;
  if (bytesARow > 1) {
    // Bits from the next byte go above those of the first; where there are none to take, they fall to the mask.
    const next = taken(bytesOfRow.map((at) => Math.min(at + 1, bytesARow - 1)));
    const high = bitwise(
      "BitShift",
      next,
      firstBits.map((bit) => Math.min(8 - (bit & 7), 7)),
      { direction: string("LEFT") },
    );
    all = part.step("BitwiseOr", [low, high], result);
  }
  return cut(bitwise("BitwiseAnd", all, [2 ** width - 1]), shape, part);
}

/**
 * Three-level codes (0, 1, 2) five to a byte, in base 3: 1.6 bits apiece. Integer Div and Mod of int32, which every
 * ONNX Runtime has (catalogue, part B §1).
 */
export const trits: Packing = {
  key: "trits",
  unpack: (name, shape, codes, part) => {
    const length = Math.ceil(sizeOf(shape) / 5);
    const stored = part.constant(name, "uint8", [length, 1], () => packTrits(codes()));
    const int32 = (values: readonly number[]) =>
      part.share("trits", tensor("int32", values.length > 1 ? [values.length] : [], values));
    const wide = part.step("Cast", [stored], { dtype: "int32", shape: [length, 1] }, { to: int(6) });
    const result = { dtype: "int32", shape: [length, 5] } as const;
    const above = part.step("Div", [wide, int32([1, 3, 9, 27, 81])], result);
    const digits = part.step("Mod", [above, int32([3])], result);
    return cut(
      part.step("Cast", [digits], { dtype: "uint8", shape: [length, 5] }, { to: int(2) }),
      shape,
      part,
    );
  },
};

/** One bit a code, and codes doubled: 0 and 2. */
export const doubledBits: Packing = {
  key: "doubled",
  unpack: (name, shape, codes, part) => {
    const bits = unpackBits(1, name, shape, codes, part);
    const one = part.share("bits", tensor("uint8", [], [1]));
    return part.step("BitShift", [bits, one], bits, { direction: string("LEFT") });
  },
};

/** The first elements of a value, as many as a shape has, in that shape. */
function cut(value: Value, shape: readonly number[], part: Part): Value {
  const count = sizeOf(shape);
  if (sizeOf(value.shape) === count) return part.reshape(value, shape);
  const flat = part.reshape(value, [sizeOf(value.shape)]);
  const inputs = [flat, part.shape([0]), part.shape([count])];
  return part.reshape(part.step("Slice", inputs, { dtype: value.dtype, shape: [count] }), shape);
}

const plain: Readonly<Record<number, Width>> = { 8: typed(13, 8), 16: typed(13, 16) };
const dequantized: Readonly<Record<number, Width>> = {
  2: typed(25, 2),
  4: typed(21, 4),
  8: typed(13, 8),
  16: typed(21, 16),
};

/** The storage of codes that a DequantizeLinear reads. @param types false where the opset of a type is out of reach */
export function dequantizedWidth(width: number, types: boolean): Width {
  return (types || width === 8 ? dequantized[width] : undefined) ?? packed;
}

/** The storage of codes that other operators read: sub-byte types would gain nothing there, and cost an opset. */
export function plainWidth(width: number): Width {
  return plain[width] ?? packed;
}
