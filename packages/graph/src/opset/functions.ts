// Model-local functions, which import opsets of their own: the checker wants ops that did not change between a
// function's opset and its model's. They are kept as messages, so only their import moves; bodies are not converted.

import type { FunctionProto, ModelProto, NodeProto } from "onnx-buf";
import { Unsupported } from "../error.ts";
import { changesOf, oldestOpset } from "./history.ts";
import { stepTo } from "./steps.ts";

/**
 * The message with functions that import opset `to`.
 * @throws Unsupported for a function with an op that would have to be converted
 */
export function raiseFunctions(source: ModelProto, to: number): ModelProto {
  const functions = source.functions.map((each) => raiseFunction(each, to));
  return functions.every((each, i) => each === source.functions[i]) ? source : { ...source, functions };
}

function raiseFunction(source: FunctionProto, to: number): FunctionProto {
  const own = source.opsetImport.find((entry) => entry.domain === "" || entry.domain === "ai.onnx");
  if (!own || Number(own.version) >= to) return source;
  const from = Number(own.version);
  for (const node of allNodes(source.node)) {
    const changed = changesOf(node.opType, from, to).find((version) => stepTo(node.opType, version));
    if (changed !== undefined || from < oldestOpset) {
      throw new Unsupported(
        `function ${source.name}: ${node.opType} of opset ${from} inside, expected ops that opset ${to} did not change`,
      );
    }
  }
  const opsetImport = source.opsetImport.map((entry) =>
    entry === own ? { ...own, version: BigInt(to) } : entry,
  );
  return { ...source, opsetImport };
}

function allNodes(nodes: readonly NodeProto[]): NodeProto[] {
  return nodes.flatMap((node) => [
    ...(node.domain === "" || node.domain === "ai.onnx" ? [node] : []),
    ...node.attribute
      .flatMap((each) => [...(each.g ? [each.g] : []), ...each.graphs])
      .flatMap((g) => allNodes(g.node)),
  ]);
}
