// How a quantized weight is stored in a file: in an ONNX type of its width where there is one, else bit-packed in
// uint8 with a small unpacking subgraph, so that the file is as small as the arithmetic says. One row a way of storing.

import { build, lazyConstant, type Node, string } from "@bitscape/graph";
import type { FormatFacts, Quantized } from "@bitscape/quant";
import { type DType, packBits, sizeOf, tensor } from "@bitscape/tensor";
import type { Pool } from "./pool.ts";

/** The nodes that yield a tensor of codes (constants are in the pool), and of what type those codes are. */
export interface Stored {
  readonly nodes: readonly Node[];
  /** Name of the value that holds the codes, in the quantized shape. */
  readonly codes: string;
  readonly dtype: DType;
  /** Width in which `dtype` packs its elements. */
  readonly width: 2 | 4 | 8;
  /** Added to a code to get what is stored: 2^(b−1) where signed codes are stored unsigned. */
  readonly offset: number;
}

export interface Storage {
  /** Lowest ai.onnx opset: of DequantizeLinear for the type, or of the unpacking operators. */
  readonly opset: number;
  readonly store: (
    name: string,
    shape: readonly number[],
    format: FormatFacts,
    quantized: () => Quantized,
    pool: Pool,
  ) => Stored;
}

/** One of ONNX's own integer types; 8 bits or packed by TensorProto's rule. */
function typed(opset: number, width: 2 | 4 | 8): Storage {
  return {
    opset,
    store: (name, shape, format, quantized, pool) => {
      const dtype = `${format.signed ? "int" : "uint"}${width}` as DType;
      const bytes = () => packBits(quantized().codes, width);
      return { codes: pool.add(lazyConstant(name, dtype, shape, bytes)), nodes: [], dtype, width, offset: 0 };
    },
  };
}

/** Widths as sums of powers of two: each part of a code is packed in a field of its own. */
const fieldsOf: Readonly<Record<number, readonly (1 | 2 | 4)[]>> = {
  2: [2],
  3: [2, 1],
  5: [4, 1],
  6: [4, 2],
  7: [4, 2, 1],
};

// BitShift-11, BitwiseAnd-18 and BitwiseOr-18 on uint8; ONNX Runtime folds them to uint8 at load, no wider.
const packed: Storage = {
  opset: 18,
  store: (name, shape, format, quantized, pool) => {
    const offset = format.signed ? 2 ** (format.bits - 1) : 0;
    const nodes: Node[] = [];
    const parts: string[] = [];
    let shift = 0;
    for (const width of fieldsOf[format.bits] ?? []) {
      parts.push(unpackField({ name, count: sizeOf(shape), width, shift, offset, quantized, pool, nodes }));
      shift += width;
    }
    const joined = parts.reduce((sum, part) => {
      const output = pool.free(`${name}.joined`);
      nodes.push(build.node("BitwiseOr", [sum, part], [output]));
      return output;
    });
    const codes = pool.free(name);
    nodes.push(build.node("Reshape", [joined, shapeConstant(pool, shape)], [codes]));
    return { nodes, codes, dtype: "uint8", width: 8, offset };
  },
};

interface Field {
  readonly name: string;
  readonly count: number;
  readonly width: 1 | 2 | 4;
  /** Lowest bit of the code that the field holds. */
  readonly shift: number;
  readonly offset: number;
  readonly quantized: () => Quantized;
  readonly pool: Pool;
  readonly nodes: Node[];
}

/** Stores one field of every code and unpacks it to a flat uint8 tensor, each value in its place within the code. */
function unpackField({ name, count, width, shift, offset, quantized, pool, nodes }: Field): string {
  const perByte = 8 / width;
  const length = Math.ceil(count / perByte);
  const bytes = () =>
    packBits(
      quantized().codes.map((code) => (code + offset) >> shift),
      width,
    );
  const field = pool.add(lazyConstant(`${name}${shift}`, "uint8", [length, 1], bytes));
  const step = (what: string, op: string, inputs: string[], attributes = {}) => {
    const output = pool.free(`${field}.${what}`);
    nodes.push(build.node(op, inputs, [output], attributes));
    return output;
  };
  const uint8 = (values: number[], dims: number[]) => pool.share("bits", tensor("uint8", dims, values));
  const places = Array.from({ length: perByte }, (_, i) => i * width);
  const shifted = step("shifted", "BitShift", [field, uint8(places, [perByte])], {
    direction: string("RIGHT"),
  });
  const masked = step("masked", "BitwiseAnd", [shifted, uint8([(1 << width) - 1], [])]);
  const raised =
    shift === 0
      ? masked
      : step("raised", "BitShift", [masked, uint8([shift], [])], { direction: string("LEFT") });
  // Fields of different widths hold different numbers of codes a byte: flattened and cut before they are joined.
  const flat = step("flat", "Reshape", [raised, shapeConstant(pool, [-1])]);
  if (length * perByte === count) return flat;
  return step("cut", "Slice", [flat, shapeConstant(pool, [0]), shapeConstant(pool, [count])]);
}

/** An int64 vector that all who need it share. */
export function shapeConstant(pool: Pool, shape: readonly number[]): string {
  return pool.share("shape", tensor("int64", [shape.length], shape));
}

const byBits: Readonly<Record<number, Storage>> = { 2: typed(25, 2), 4: typed(21, 4), 8: typed(13, 8) };

/** The storage of a width; `types: false` where the model cannot be raised to the opset that has the type. */
export function storageOf(bits: number, types = true): Storage {
  return (types || bits === 8 ? byBits[bits] : undefined) ?? packed;
}
