// Constants behind operators that only lay them out anew (Reshape, Transpose, …) as constants of their own: without a
// runtime, and without reading a byte before it is asked for. What computes is folded by a run (fold.ts).
// Source: ONNX Flatten 7, Identity 1, Reshape 7 to 25, Squeeze 7 to 25, Transpose 7 to 25, Unsqueeze 7 to 25.

import { bitsOf, sizeOf, stridesOf } from "@bitscape/tensor";
import { intsOf } from "../attribute.ts";
import { type Constant, lazyConstant } from "../constant.ts";
import { type Graph, linksOf, type Node } from "../graph.ts";
import { prune } from "./prune.ts";
import { renameReads } from "./rename.ts";

/** The shape that inference gives a value; undefined where it is unknown. */
export type ShapeOf = (name: string) => readonly number[] | undefined;

/** Same elements in the same order. */
const reshapes: ReadonlySet<string> = new Set(["Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"]);

/**
 * The graph with laid-out constants in place of the nodes that laid them out, equal ones once; outputs of the graph
 * stay. A large constant that something else reads too is left: laid out, it would be held twice.
 */
export function foldLayout(graph: Graph, shapeOf: ShapeOf): Graph {
  const { outputs, consumers } = linksOf(graph);
  const made = new Map<string, Constant>();
  const byLayout = new Map<string, string>();
  const alias = new Map<string, string>();
  const current = (name: string) => alias.get(name) ?? name;
  const nodes = graph.nodes.filter((node) => {
    const [name = ""] = node.outputs;
    const [read = ""] = node.inputs;
    const data = current(read);
    const constant = made.get(data) ?? graph.constants.get(data);
    const shape = shapeOf(name);
    const laid = constant && shape && !outputs.has(name) ? laidOut(node, constant, name, shape) : undefined;
    if (!constant || !laid) return true;
    const layout = layoutOf(node, shapeOf);
    const alone = consumers.get(read)?.every((reader) => layoutOf(reader, shapeOf) === layout) ?? true;
    if (constant.byteLength > COPIED && (!alone || outputs.has(read))) return true;
    const key = `${data} ${layout}`;
    const twin = byLayout.get(key);
    if (twin !== undefined) alias.set(name, twin);
    else {
      byLayout.set(key, name);
      made.set(name, laid);
    }
    return false;
  });
  if (made.size === 0) return graph;
  const renamed = alias.size === 0 ? nodes : nodes.map((node) => renameReads(node, current));
  return prune({ ...graph, nodes: renamed, constants: new Map([...graph.constants, ...made]) });
}

/** Constants up to this size may be held in two layouts. */
export const COPIED = 2 ** 12;

/** What a node does to a constant's layout, as text to compare; undefined for one that does something else. */
function layoutOf(node: Node, shapeOf: ShapeOf): string | undefined {
  if (node.domain !== "") return undefined;
  if (node.op === "Transpose") return `transposed ${intsOf(node, "perm") ?? ""}`;
  return reshapes.has(node.op) ? `reshaped ${shapeOf(node.outputs[0] ?? "")}` : undefined;
}

/** Whether a node only lays its first input out anew. */
export function isLayout(node: Node): boolean {
  return node.domain === "" && (node.op === "Transpose" || reshapes.has(node.op));
}

function laidOut(node: Node, data: Constant, name: string, shape: readonly number[]): Constant | undefined {
  const bits = bitsOf(data.dtype);
  if (node.domain !== "" || bits < 8 || sizeOf(shape) !== sizeOf(data.shape)) return undefined;
  if (reshapes.has(node.op)) return { ...data, name, shape };
  if (node.op !== "Transpose") return undefined;
  const rank = data.shape.length;
  const order = intsOf(node, "perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (order.length !== rank || new Set(order).size !== rank || order.some((axis) => !(axis in data.shape)))
    return undefined;
  return lazyConstant(name, data.dtype, shape, () => transposed(data, order, bits / 8));
}

/** A constant's bytes with its axes in another order. @param width bytes of an element */
function transposed({ shape, bytes }: Constant, order: readonly number[], width: number): Uint8Array {
  const from = bytes();
  const to = new Uint8Array(from.byteLength);
  const sizes = order.map((axis) => shape[axis] as number);
  const before = stridesOf(shape);
  const strides = order.map((axis) => (before[axis] as number) * width);
  // The last axis is a loop of its own; the others are counted up like an odometer.
  const inner = sizes.pop() ?? 1;
  const step = strides.pop() ?? width;
  const at = sizes.map(() => 0);
  let source = 0;
  for (let target = 0; target < to.byteLength; ) {
    for (let i = 0, place = source; i < inner; i++, place += step) {
      for (let byte = 0; byte < width; byte++) to[target++] = from[place + byte] as number;
    }
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      source += stride;
      at[axis] = (at[axis] as number) + 1;
      if (at[axis] !== sizes[axis]) break;
      source -= stride * (sizes[axis] as number);
      at[axis] = 0;
    }
  }
  return to;
}
