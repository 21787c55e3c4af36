// OpType: the closed union of operators that a model may use, and since when. A key of every table of op
// knowledge: bare for ai.onnx ("Conv"), with the domain before it for the others ("com.microsoft.FusedConv").

import type { Node } from "../graph.ts";
import { blockedOps, contribOps } from "./contrib.ts";
import { mlOps } from "./ml.ts";
import { standardOps } from "./standard.ts";

export type StandardOp = keyof typeof standardOps;
export type ContribOp = (typeof contribOps)[number];
export type MlOp = keyof typeof mlOps;
export type BlockedOp = (typeof blockedOps)[number];
export type OpType =
  | StandardOp
  | `com.microsoft.${ContribOp}`
  | `com.microsoft.nchwc.${BlockedOp}`
  | `ai.onnx.ml.${MlOp}`;

/** Operator domains that ONNX Runtime 1.30 runs in this project. "" is ai.onnx. */
export const domains: readonly string[] = ["", "com.microsoft", "com.microsoft.nchwc", "ai.onnx.ml"];

/** Newest IR version that ONNX Runtime 1.30 takes (measured: 14 is refused). */
export const newestIr = 13;

// ONNX Runtime registers the schema of LayerNormalization from 1 (an old contrib operator), ONNX from 17.
const earlier: Partial<Record<OpType, number>> = { LayerNormalization: 1 };

/** The opset of its domain at which an operator stopped existing (onnx 1.23: the deprecated schemas). */
const removed: Partial<Record<OpType, number>> = {
  Scatter: 11,
  Upsample: 10,
  "ai.onnx.ml.TreeEnsembleClassifier": 5,
  "ai.onnx.ml.TreeEnsembleRegressor": 5,
};

const introduced = new Map<string, number>([
  ...Object.entries(standardOps).map(([op, versions]) => [op, versions[0]] as const),
  ...contribOps.map((op) => [`com.microsoft.${op}`, 1] as const),
  ...blockedOps.map((op) => [`com.microsoft.nchwc.${op}`, 1] as const),
  ...Object.entries(mlOps).map(([op, versions]) => [`ai.onnx.ml.${op}`, versions[0]] as const),
  ...Object.entries(earlier),
]);

/** Every operator there is. */
export const opTypes = [...introduced.keys()] as readonly OpType[];

/** What a person calls an operator: its domain and name, ai.onnx left out. */
export function opName(node: Pick<Node, "op" | "domain">): string {
  return node.domain === "" ? node.op : `${node.domain}.${node.op}`;
}

/** The operator of a node, or undefined for one that is not known (a custom one, a model-local function). */
export function opTypeOf(node: Pick<Node, "op" | "domain">): OpType | undefined {
  const name = opName(node);
  return introduced.has(name) ? (name as OpType) : undefined;
}

/** The version of its domain's opset that an operator needs at least. */
export function sinceVersion(op: OpType): number {
  return introduced.get(op) as number;
}

/** The version of its domain's opset from which an operator no longer exists, or undefined. */
export function removedIn(op: OpType): number | undefined {
  return removed[op];
}
