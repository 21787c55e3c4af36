// Attributes of nodes: a tagged value each, and accessors with the ONNX defaults passed in.
// int stays bigint inside, because real files hold INT64_MAX; accessors give clamped numbers.

import type { AttributeProto } from "onnx-buf";
import type { Constant } from "./constant.ts";
import type { Graph, Node } from "./graph.ts";

type Value =
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "tensor"; readonly value: Constant }
  | { readonly type: "graph"; readonly value: Graph }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "ints"; readonly value: readonly bigint[] }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "graphs"; readonly value: readonly Graph[] }
  /** Kinds we carry but never read: sparse tensors, types, lists of tensors, references in functions. */
  | { readonly type: "opaque" };

/** `source` is the message it was read from: an attribute is replaced whole, never edited. */
export type Attribute = Value & { readonly source?: AttributeProto };

export type Attributes = ReadonlyMap<string, Attribute>;

export const int = (value: number | bigint): Attribute => ({ type: "int", value: BigInt(value) });
export const float = (value: number): Attribute => ({ type: "float", value });
export const string = (value: string): Attribute => ({ type: "string", value });
export const ints = (value: readonly (number | bigint)[]): Attribute => ({
  type: "ints",
  value: value.map(BigInt),
});
export const floats = (value: readonly number[]): Attribute => ({ type: "floats", value });
export const graphAttribute = (value: Graph): Attribute => ({ type: "graph", value });
export const tensorAttribute = (value: Constant): Attribute => ({ type: "tensor", value });

function clamp(value: bigint): number {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > limit ? limit : value < -limit ? -limit : value);
}

function wrongType(node: Node, name: string, found: string, expected: string): Error {
  return new Error(`${node.op} ${node.id}: attribute ${name} is of type ${found}, expected ${expected}`);
}

/** An int attribute as a number (clamped to the safe integers), or the default where it is absent. */
export function intOf(node: Node, name: string): number | undefined;
export function intOf(node: Node, name: string, absent: number): number;
export function intOf(node: Node, name: string, absent?: number): number | undefined {
  const attribute = node.attributes.get(name);
  if (!attribute) return absent;
  if (attribute.type !== "int") throw wrongType(node, name, attribute.type, "int");
  return clamp(attribute.value);
}

/** An ints attribute as numbers (clamped to the safe integers), or undefined where it is absent. */
export function intsOf(node: Node, name: string): number[] | undefined {
  const attribute = node.attributes.get(name);
  if (!attribute) return undefined;
  if (attribute.type !== "ints") throw wrongType(node, name, attribute.type, "ints");
  return attribute.value.map(clamp);
}

/** A float attribute, or the default where it is absent. */
export function floatOf(node: Node, name: string, absent: number): number {
  const attribute = node.attributes.get(name);
  if (!attribute) return absent;
  if (attribute.type !== "float") throw wrongType(node, name, attribute.type, "float");
  return attribute.value;
}

/** A floats attribute, or undefined where it is absent. */
export function floatsOf(node: Node, name: string): readonly number[] | undefined {
  const attribute = node.attributes.get(name);
  if (!attribute) return undefined;
  if (attribute.type !== "floats") throw wrongType(node, name, attribute.type, "floats");
  return attribute.value;
}

/** A string attribute, or the default where it is absent. */
export function stringOf(node: Node, name: string, absent: string): string {
  const attribute = node.attributes.get(name);
  if (!attribute) return absent;
  if (attribute.type !== "string") throw wrongType(node, name, attribute.type, "string");
  return attribute.value;
}

/** The graphs that a node holds (branches of If, bodies of Loop and Scan), by attribute name. */
export function subgraphsOf(node: Node): [string, Graph][] {
  const found: [string, Graph][] = [];
  for (const [name, attribute] of node.attributes) {
    if (attribute.type === "graph") found.push([name, attribute.value]);
    if (attribute.type === "graphs") for (const graph of attribute.value) found.push([name, graph]);
  }
  return found;
}
