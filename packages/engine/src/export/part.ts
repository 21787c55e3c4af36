// Part: the nodes and constants that stand for one weight in a file, as they are laid down, and what of them ONNX
// Runtime keeps in memory: it computes once, at load, whatever does not depend on a DequantizeLinear (its constant
// folding leaves those alone; verified by reading the graph that it writes after optimizing).

import { type Attribute, build, type Constant, lazyConstant, type Node } from "@bitscape/graph";
import { byteLengthOf, type DType, sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import type { Pool } from "./pool.ts";

/** A value in a part. */
export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Known at load: a constant, or computed from constants without a DequantizeLinear. */
  readonly settled: boolean;
  /** Bytes that this part pays for it; 0 where an earlier part already has it. */
  readonly bytes: number;
}

interface Result {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** A way of packing unsigned codes in uint8, and the nodes that unpack it. */
export interface Packing {
  /** Packings of one key are one packing. */
  readonly key: string;
  /** The codes as uint8 of a shape, from a constant that this adds. */
  readonly unpack: (
    name: string,
    shape: readonly number[],
    codes: () => ArrayLike<number>,
    part: Part,
  ) => Value;
}

/** Codes that are packed together with those of other parts. */
export interface Packed {
  /** Flat, uint8. */
  readonly value: Value;
  /** Bytes of the common constants that these codes take; known when all parts are laid down. */
  readonly bytes: () => number;
}

/** Packs codes of several parts together; undefined where these are to have a constant of their own. */
export type Packer = (packing: Packing, count: number, codes: () => ArrayLike<number>) => Packed | undefined;

export class Part {
  readonly nodes: Node[] = [];
  readonly #pool: Pool;
  readonly #packer: Packer | undefined;
  readonly #from: number;
  #to = 0;
  readonly #packed: Packed[] = [];
  /** Shared constants that this part was the first to ask for. */
  readonly #own = new Set<string>();
  /** What the last node reads first. */
  #last: DType | undefined;
  readonly #held = new Map<string, number>();

  constructor(pool: Pool, packer?: Packer) {
    this.#pool = pool;
    this.#packer = packer;
    this.#from = pool.constants.length;
  }

  /** A constant of its own; its bytes are computed when the file is written. */
  constant(name: string, dtype: DType, shape: readonly number[], bytes: () => Uint8Array): Value {
    return this.#value(this.#pool.add(lazyConstant(name, dtype, shape, bytes)), { dtype, shape }, true);
  }

  /** A small constant that all who need this value share. */
  share(label: string, value: Tensor): Value {
    const before = this.#pool.constants.length;
    const made = this.#value(this.#pool.share(label, value), value, true);
    if (this.#pool.constants.length > before) this.#own.add(made.name);
    return this.#own.has(made.name) ? made : { ...made, bytes: 0 };
  }

  /** Codes packed in uint8, unpacked to uint8 of a shape. */
  unpacked(packing: Packing, name: string, shape: readonly number[], codes: () => ArrayLike<number>): Value {
    const packed = this.#packer?.(packing, sizeOf(shape), codes);
    if (!packed) return packing.unpack(name, shape, codes, this);
    this.#packed.push(packed);
    return this.reshape(packed.value, shape);
  }

  /** An int64 vector that all who need it share: a shape, or ends of a slice. */
  shape(values: readonly number[]): Value {
    return this.share("shape", tensor("int64", [values.length], values));
  }

  /** One node with one output. Its name is short: long ones would be most of what a small weight pays. */
  step(
    op: string,
    inputs: readonly Value[],
    result: Result,
    attributes: Record<string, Attribute> = {},
  ): Value {
    const output = this.#pool.free("t");
    const names = inputs.map(({ name }) => name);
    this.nodes.push(build.node(op, names, [output], attributes));
    this.#last = inputs[0]?.dtype;
    const settled = op !== "DequantizeLinear" && inputs.every((input) => input.settled);
    if (!settled) for (const input of inputs) this.#keep(input);
    return this.#value(output, result, settled);
  }

  /** A value in another shape; itself where that is its shape. */
  reshape(value: Value, shape: readonly number[]): Value {
    return value.shape.join() === shape.join() ? value : this.barrier(value, shape);
  }

  /** Whether its last node dequantizes 8-bit integers, which integer kernels take. */
  get endsInBytes(): boolean {
    return this.#last === "int8" || this.#last === "uint8";
  }

  /** A Reshape even to the same shape, which ONNX Runtime does not look through. */
  barrier(value: Value, shape: readonly number[] = value.shape): Value {
    return this.step("Reshape", [value, this.shape(shape)], { dtype: value.dtype, shape });
  }

  /** Ends in a Split of a flat value into named ones. */
  split(value: Value, sizes: Value, names: readonly string[]): void {
    this.nodes.push(build.node("Split", [value.name, sizes.name], names));
    this.#to = this.#pool.constants.length;
  }

  /** Names the result: the output of the last node. */
  end(result: Value, name: string): void {
    const last = this.nodes.pop();
    if (last?.outputs[0] !== result.name)
      throw new Error(`weight ${name}: ${result.name} is not what its last node makes`);
    this.nodes.push({ ...last, outputs: [name] });
    this.#keep(result);
    this.#to = this.#pool.constants.length;
  }

  /** Bytes of the constants that it added to the file, and its share of common ones; after the end. */
  get bytes(): number {
    const own = this.#pool.constants.slice(this.#from, this.#to);
    const shares = this.#packed.reduce((sum, each) => sum + each.bytes(), 0);
    return own.reduce((sum, each: Constant) => sum + each.byteLength, shares);
  }

  /** Bytes of the values that stay in memory between two runs. */
  get memory(): number {
    return [...this.#held.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  #keep({ name, settled, bytes }: Value): void {
    if (settled) this.#held.set(name, bytes);
  }

  #value(name: string, { dtype, shape }: Result, settled: boolean): Value {
    return { name, dtype, shape, settled, bytes: byteLengthOf(dtype, sizeOf(shape)) };
  }
}
