// Writer: writes nodes of standard ONNX operators and knows the shape of everything it writes (by graph's shape rules).
// It computes nothing. The one place that knows how an operator's form depends on the opset (13 and later).

import {
  type Attribute,
  build,
  type Constant,
  constantOf,
  inferRules,
  int,
  ints,
  type Node,
  type namesBeside,
  type OpType,
} from "@bitscape/graph";
import { type DType, onnxNumber, sizeOf, tensor } from "@bitscape/tensor";
import { sameShape, type Value } from "./value.ts";

/** A value, or a number in the place of a scalar of the other operand's type. */
export type Operand = Value | number;

/** What a Slice takes of one axis: from `start` up to `end`, as ONNX counts. */
export interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step?: number;
}

type Names = ReturnType<typeof namesBeside>;
type Reduction = "Sum" | "Mean" | "Max" | "Min" | "SumSquare";

/** Constants above this many elements are not looked for among those written already. */
const SHARED = 64;

export class Writer {
  readonly opset: number;
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, Constant>();
  /** Every value written, constants included. */
  readonly written: Value[] = [];
  /** What names of values start with. */
  scope = "gradient";
  readonly #names: Names;
  readonly #shared = new Map<string, Value>();

  /** @param opset of the model that the nodes are for; 13 at least */
  constructor(opset: number, names: Names) {
    if (opset < 13) throw new Error(`gradient: opset ${opset}, expected 13 or later`);
    this.opset = opset;
    this.#names = names;
  }

  /** One node with one output. */
  op(op: OpType, inputs: readonly (Value | undefined)[], attributes: Record<string, Attribute> = {}): Value {
    return this.ops(op, inputs, attributes, 1)[0] as Value;
  }

  /** One node with several outputs. */
  ops(
    op: OpType,
    inputs: readonly (Value | undefined)[],
    attributes: Record<string, Attribute>,
    count: number,
  ): Value[] {
    const [, domain = "", bare = op] = /^(com\.microsoft|ai\.onnx\.ml)\.(.*)$/.exec(op) ?? [];
    const names = Array.from({ length: count }, () => this.#names(`${this.scope}_${bare}`));
    const node = build.node(
      bare,
      inputs.map((input) => input?.name ?? ""),
      names,
      attributes,
      this.#names(`${names[0]}_node`),
      domain,
    );
    this.nodes.push(node);
    const rule = inferRules[op];
    const found = rule?.({ node, opset: this.opset, inputs, run: () => [] }) ?? [];
    const values = names.map((name, i): Value => {
      const output = found[i];
      if (!output) throw new Error(`${op} ${node.id}: output ${i} of unknown shape, expected a known one`);
      return { name, dtype: output.dtype, shape: output.shape };
    });
    this.written.push(...values);
    return values;
  }

  constant(dtype: DType, shape: readonly number[], values: ArrayLike<number | bigint>): Value {
    const key = values.length > SHARED ? undefined : `${dtype}[${shape}]${Array.from(values, String)}`;
    const known = key === undefined ? undefined : this.#shared.get(key);
    if (known) return known;
    const name = this.#names(`${this.scope}_constant`);
    const value = tensor(dtype, shape, values);
    this.constants.set(name, constantOf(name, value));
    const made = { name, dtype, shape, value };
    this.written.push(made);
    if (key !== undefined) this.#shared.set(key, made);
    return made;
  }

  scalar(dtype: DType, value: number): Value {
    return this.constant(dtype, [], [value]);
  }

  longs(values: readonly number[]): Value {
    return this.constant("int64", [values.length], values);
  }

  /** An operand as a value, of the type of another. */
  #value(operand: Operand, like: Operand): Value {
    if (typeof operand !== "number") return operand;
    if (typeof like === "number") throw new Error("operands: two numbers, expected at least one value");
    return this.scalar(like.dtype, operand);
  }

  #two(op: OpType, a: Operand, b: Operand): Value {
    return this.op(op, [this.#value(a, b), this.#value(b, a)]);
  }

  add(a: Operand, b: Operand): Value {
    return this.#two("Add", a, b);
  }

  sub(a: Operand, b: Operand): Value {
    return this.#two("Sub", a, b);
  }

  mul(a: Operand, b: Operand): Value {
    if (a === 1 && typeof b !== "number") return b;
    if (b === 1 && typeof a !== "number") return a;
    return this.#two("Mul", a, b);
  }

  div(a: Operand, b: Operand): Value {
    return this.#two("Div", a, b);
  }

  pow(a: Value, b: Operand): Value {
    return this.#two("Pow", a, b);
  }

  /** A comparison: bool. */
  test(op: "Greater" | "Less" | "GreaterOrEqual" | "LessOrEqual" | "Equal", a: Operand, b: Operand): Value {
    return this.#two(op, a, b);
  }

  where(condition: Value, yes: Operand, no: Operand): Value {
    return this.op("Where", [condition, this.#value(yes, no), this.#value(no, yes)]);
  }

  cast(x: Value, dtype: DType): Value {
    return x.dtype === dtype ? x : this.op("Cast", [x], { to: int(onnxNumber(dtype)) });
  }

  /** Reduces the axes given (in [0, rank)); axes became an input of all reductions but ReduceSum at opset 18. */
  reduce(kind: Reduction, x: Value, axes: readonly number[], keepdims = true): Value {
    if (axes.length === 0) return kind === "SumSquare" ? this.mul(x, x) : x;
    const keep = { keepdims: int(keepdims ? 1 : 0) };
    if (kind !== "Sum" && this.opset < 18) {
      return this.op(`Reduce${kind}`, [x], { axes: ints(axes), ...keep });
    }
    return this.op(`Reduce${kind}`, [x, this.longs(axes)], keep);
  }

  /** The mean of each channel's plane: [N, C, …] to [N, C]. A global pool is faster than reducing axes (up to twice). */
  planeMeans(x: Value): Value {
    const [n = 1, c = 1] = x.shape;
    // Of four axes, which every runtime takes.
    const planes = this.reshape(x, [n, c, sizeOf(x.shape) / n / c, 1]);
    return this.reshape(this.op("GlobalAveragePool", [planes]), [n, c]);
  }

  /** The sum of each channel's plane: [N, C, …] to [N, C]. */
  planeSums(x: Value): Value {
    return this.mul(this.planeMeans(x), sizeOf(x.shape.slice(2)));
  }

  /** The sum over all axes along which `shape` was broadcast to x's. */
  sumTo(x: Value, shape: readonly number[]): Value {
    const extra = x.shape.length - shape.length;
    const axes = x.shape.flatMap((size, axis) => {
      const own = axis < extra ? 1 : shape[axis - extra];
      return axis < extra || (own === 1 && size !== 1) ? [axis] : [];
    });
    // Where only leading axes go, nothing has to be reshaped.
    const leading = axes.every((axis) => axis < extra);
    return this.reshape(this.reduce("Sum", x, axes, !leading), shape);
  }

  reshape(x: Value, shape: readonly number[]): Value {
    return sameShape(x.shape, shape) ? x : this.op("Reshape", [x, this.longs(shape)]);
  }

  transpose(x: Value, order: readonly number[]): Value {
    return order.every((axis, i) => axis === i) ? x : this.op("Transpose", [x], { perm: ints(order) });
  }

  /** The last two axes exchanged. */
  turned(x: Value): Value {
    const rank = x.shape.length;
    return this.transpose(x, [...x.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2));
  }

  /** Nothing is written where every cut takes its whole axis. */
  slice(x: Value, cuts: readonly Cut[]): Value {
    const real = cuts.filter(
      ({ axis, start, end, step = 1 }) => step !== 1 || start !== 0 || end < (x.shape[axis] as number),
    );
    if (real.length === 0) return x;
    const inputs = [
      real.map(({ start }) => start),
      real.map(({ end }) => end),
      real.map(({ axis }) => axis),
      ...(real.some(({ step = 1 }) => step !== 1) ? [real.map(({ step = 1 }) => step)] : []),
    ];
    return this.op("Slice", [x, ...inputs.map((values) => this.longs(values))]);
  }

  /** The order of the axes given turned round. */
  flip(x: Value, axes: readonly number[]): Value {
    const long = axes.filter((axis) => (x.shape[axis] as number) > 1);
    return this.slice(
      x,
      long.map((axis) => ({ axis, start: -1, end: -(2 ** 31), step: -1 })),
    );
  }

  /** Pads with a constant; negative amounts cut. */
  pad(x: Value, begins: readonly number[], ends: readonly number[], value = 0): Value {
    if ([...begins, ...ends].every((amount) => amount === 0)) return x;
    const filling = value === 0 ? [] : [this.scalar(x.dtype, value)];
    return this.op("Pad", [x, this.longs([...begins, ...ends]), ...filling]);
  }

  concat(parts: readonly Value[], axis: number): Value {
    return parts.length === 1 ? (parts[0] as Value) : this.op("Concat", parts, { axis: int(axis) });
  }

  expand(x: Value, shape: readonly number[]): Value {
    return sameShape(x.shape, shape) ? x : this.op("Expand", [x, this.longs(shape)]);
  }

  zeros(dtype: DType, shape: readonly number[]): Value {
    return this.expand(this.scalar(dtype, 0), shape);
  }

  matMul(a: Value, b: Value): Value {
    return this.op("MatMul", [a, b]);
  }

  /** Values with one axis more in front, one after the other: [count, ...shape]. */
  stack(parts: readonly Value[]): Value {
    const rows = parts.map((part) => this.reshape(part, [1, ...part.shape]));
    return this.concat(rows, 0);
  }

  /** A value with axes merged or split so that `size` elements come first: [size, rest]. */
  rows(x: Value, size: number): Value {
    return this.reshape(x, [size, sizeOf(x.shape) / size]);
  }
}
