// What a way of storing weights is: one row of the table (table.ts). Not the ways themselves.

import { int } from "@bitscape/graph";
import { type BlockAxes, type Encoded, type FormatFacts, type Grouping, groupsOf } from "@bitscape/quant";
import { bytesOf, floatToHalf, sizeOf } from "@bitscape/tensor";
import type { Memory } from "../../runtime/memory.ts";
import type { Part, Value } from "../part.ts";

/** A weight to store; nothing of it is encoded yet. */
export interface Site {
  /** The weight's name: what is stored for it is named after it. */
  readonly name: string;
  /** The shape that is quantized. */
  readonly shape: readonly number[];
  readonly grouping: Grouping;
  readonly format: FormatFacts;
  readonly symmetric: boolean;
  /** The network computes in float16: so do scales, and decoded values come out. */
  readonly half: boolean;
  /** The operator's outputs and inputs among the axes of the shape; only products ask. */
  readonly axes: BlockAxes;
  readonly int8Centroids: boolean;
  /** False where the model cannot be raised to the opsets that have the newer types: older operators do. */
  readonly types: boolean;
}

export interface Storage {
  /** Whether it can stay small in memory, be expanded to floats at load, or either; what it is by default first. */
  readonly memories: (site: Site) => readonly Memory[];
  /** Lowest ai.onnx opset of the operators and types that it takes. */
  readonly opset: (site: Site, memory: Memory) => number;
  /** Lays down the nodes whose last yields the decoded values: the elements of the quantized shape in order, in any shape. */
  readonly lay: (site: Site, memory: Memory, part: Part, encoded: () => Encoded) => Value;
}

/** What an encoder gave, of the kind that this storage is for. */
export function ofKind<K extends Encoded["kind"]>(encoded: Encoded, kind: K): Extract<Encoded, { kind: K }> {
  if (encoded.kind !== kind) throw new Error(`storage: ${encoded.kind}, expected ${kind}`);
  return encoded as Extract<Encoded, { kind: K }>;
}

/** How one value a group meets the elements: the shape that elements take, and that of what they meet. */
export interface Meeting {
  readonly elements: readonly number[];
  readonly groups: readonly number[];
}

/** Shapes that broadcast: blocks that divide their axis split it in two. */
export function meetingOf({ shape, grouping }: Pick<Site, "shape" | "grouping">): Meeting {
  if (grouping.kind === "tensor") return { elements: shape, groups: [] };
  const { axis } = grouping;
  const [before, dim, after] = [shape.slice(0, axis), shape[axis] as number, shape.slice(axis + 1)];
  if (grouping.kind === "channel") return { elements: shape, groups: [dim, ...after.map(() => 1)] };
  const { size } = grouping;
  const blocks = Math.ceil(dim / size);
  const groups = [...before, blocks, 1, ...after];
  return { elements: dim % size === 0 ? [...before, blocks, size, ...after] : shape, groups };
}

/** One value a group, as elements of the meeting shape meet it: repeated and cut where the last block is shorter. */
export function met(groups: Value, { shape, grouping }: Site, part: Part): Value {
  if (grouping.kind !== "block") return groups;
  const { axis, size } = grouping;
  const [before, dim, after] = [shape.slice(0, axis), shape[axis] as number, shape.slice(axis + 1)];
  if (dim % size === 0) return groups;
  const blocks = Math.ceil(dim / size);
  const { dtype } = groups;
  const wide = [...before, blocks, size, ...after];
  const repeated = part.step("Expand", [groups, part.shape(wide)], { dtype, shape: wide });
  const joined = part.reshape(repeated, [...before, blocks * size, ...after]);
  return part.step("Slice", [joined, part.shape([0]), part.shape([dim]), part.shape([axis])], {
    dtype,
    shape,
  });
}

/** The scales of a weight as the file has them, in the shape that their reader wants. */
export function scaleConstant(
  { name, half }: Site,
  shape: readonly number[],
  part: Part,
  scale: () => Float32Array,
): Value {
  const bytes = () => bytesOf(half ? Uint16Array.from(scale(), floatToHalf) : scale());
  return part.constant(`${name}.scale`, half ? "float16" : "float32", shape, bytes);
}

/** DequantizeLinear with the axis explicit where there is one (ONNX DequantizeLinear-13, -21). */
export function dequantize(site: Site, codes: Value, scale: Value, zero: Value, part: Part): Value {
  const { grouping, half, shape } = site;
  const attributes = {
    ...(grouping.kind !== "tensor" && { axis: int(grouping.axis) }),
    ...(grouping.kind === "block" && { block_size: int(grouping.size) }),
  };
  return part.step(
    "DequantizeLinear",
    [codes, scale, zero],
    { dtype: half ? "float16" : "float32", shape },
    attributes,
  );
}

/** The shape in which DequantizeLinear takes one value a group. */
export function groupShape({ shape, grouping }: Site): readonly number[] {
  return groupsOf(shape, grouping).scaleShape;
}

// A node and a shape take some 100 bytes.
const WORTH_A_NODE = 128;

/**
 * One zero point for all groups, of codes that are unpacked to uint8: as many bytes as groups, or an Expand of one
 * byte where those would be more than the node.
 */
export function zeroForAll(site: Site, zero: number, part: Part): Value {
  const shape = groupShape(site);
  const count = groupCount(site);
  if (count <= WORTH_A_NODE) {
    return part.share("zero", { dtype: "uint8", shape, data: new Uint8Array(count).fill(zero) });
  }
  const one = part.share("zero", { dtype: "uint8", shape: [], data: Uint8Array.of(zero) });
  return part.step("Expand", [one, part.shape(shape)], { dtype: "uint8", shape });
}

/** The opset of DequantizeLinear itself: blocks came with 21, float16 scales with 19. */
export function dequantizeOpset({ grouping, half }: Site): number {
  return grouping.kind === "block" ? 21 : half ? 19 : 13;
}

/** float32 values times the scale of their group, in the type that the network computes in. */
export function scaled(site: Site, values: Value, part: Part, scale: () => Float32Array): Value {
  const groups = castTo(scaleConstant(site, meetingOf(site).groups, part, scale), "float32", part);
  // Scales that are repeated would be folded to as many floats as there are values: where those are not, they are padded.
  if (!values.settled && isRagged(site))
    return finished(site, scaledInBlocks(site, values, groups, part), part);
  return finished(site, part.step("Mul", [values, met(groups, site, part)], values), part);
}

function isRagged({ shape, grouping }: Site): boolean {
  return grouping.kind === "block" && (shape[grouping.axis] as number) % grouping.size !== 0;
}

/** Values padded to whole blocks (Pad-13), which meet one scale each, and cut again. */
function scaledInBlocks({ shape, grouping }: Site, values: Value, groups: Value, part: Part): Value {
  const { axis, size } = grouping as Extract<Grouping, { kind: "block" }>;
  const [before, dim, after] = [shape.slice(0, axis), shape[axis] as number, shape.slice(axis + 1)];
  const blocks = Math.ceil(dim / size);
  const { dtype } = values;
  const ends = shape.map((_, i) => (i === axis ? blocks * size - dim : 0));
  const whole = [...before, blocks * size, ...after];
  const pads = part.shape([...shape.map(() => 0), ...ends]);
  const padded = part.step("Pad", [values, pads], { dtype, shape: whole });
  const inBlocks = part.reshape(padded, [...before, blocks, size, ...after]);
  const products = part.reshape(part.step("Mul", [inBlocks, groups], inBlocks), whole);
  return part.step("Slice", [products, part.shape([0]), part.shape([dim]), part.shape([axis])], {
    dtype,
    shape,
  });
}

/** float32 values in the type that the network computes in. */
export function finished({ half }: Site, values: Value, part: Part): Value {
  return castTo(values, half ? "float16" : "float32", part);
}

const castNumbers = { float32: 1, float16: 10, int32: 6 } as const;

/** A value in another type; itself where that is its type. */
export function castTo(value: Value, dtype: keyof typeof castNumbers, part: Part): Value {
  if (value.dtype === dtype) return value;
  return part.step("Cast", [value], { dtype, shape: value.shape }, { to: int(castNumbers[dtype]) });
}

/** How many elements a group shape has. */
export function groupCount(site: Site): number {
  return sizeOf(groupShape(site));
}
