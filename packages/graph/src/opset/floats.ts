// Which float types a model names anywhere: where it is one, every float value has it. Not inference.

import type { DType } from "@bitscape/tensor";
import { dtypeOf } from "@bitscape/tensor";
import { subgraphsOf } from "../attribute.ts";
import type { Graph, Node } from "../graph.ts";

const floats: ReadonlySet<DType> = new Set<DType>(["float32", "float16", "float64", "bfloat16"]);

/** Ops that make float32 where no attribute says otherwise. */
const makesFloat32: ReadonlySet<string> = new Set([
  "ConstantOfShape",
  "RandomNormal",
  "RandomUniform",
  "EyeLike",
  "HannWindow",
  "HammingWindow",
  "BlackmanWindow",
]);

/** The single float type that inputs, constants, value infos and attributes name; undefined for none or several. */
export function onlyFloatType(graph: Graph): DType | undefined {
  const found = new Set<DType>();
  collect(graph, found);
  return found.size === 1 ? [...found][0] : undefined;
}

function collect(graph: Graph, found: Set<DType>): void {
  const add = (dtype: DType | undefined) => dtype && floats.has(dtype) && found.add(dtype);
  for (const info of [...graph.inputs, ...graph.outputs, ...graph.valueInfo]) add(info.dtype);
  for (const constant of graph.constants.values()) add(constant.dtype);
  for (const node of graph.nodes) {
    for (const dtype of namedBy(node)) add(dtype);
    for (const [, body] of subgraphsOf(node)) collect(body, found);
  }
}

function namedBy(node: Node): (DType | undefined)[] {
  const named: (DType | undefined)[] = [];
  for (const [name, attribute] of node.attributes) {
    if (attribute.type === "tensor") named.push(attribute.value.dtype);
    if (attribute.type === "int" && (name === "to" || name.endsWith("dtype"))) {
      named.push(dtypeOf(Number(attribute.value)));
    }
    if (node.op === "Constant" && (attribute.type === "float" || attribute.type === "floats")) {
      named.push("float32");
    }
  }
  if (named.length === 0 && makesFloat32.has(node.op)) named.push("float32");
  return named;
}
