// Weights that a plan leaves float between quantized activations: ONNX Runtime 1.30 would quantize them to int8 of its
// own accord (WeightBiasQuantization), and the file would not compute what it says. A product with 1, which it does not
// fold because a DequantizeLinear makes that 1, keeps them as they are.

import { build, type Constant, type Graph, linksOf, type Node } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { afterAbsorbed } from "../network/points.ts";
import type { Plan } from "../plan.ts";
import type { Pool } from "./pool.ts";

const meddledWith = new Set(["Conv", "ConvTranspose", "Gemm"]);

/** Float weights of operators whose input and output are quantized. */
export function keptFloat(graph: Graph, plan: Plan): Constant[] {
  const links = linksOf(graph);
  const quantized = new Set(
    [...plan.points.values()].flatMap(({ point }) => [point.tensor, ...point.aliases]),
  );
  const found = new Set<Constant>();
  for (const node of graph.nodes) {
    if (!meddledWith.has(node.op) || node.domain !== "") continue;
    const weight = graph.constants.get(node.inputs[1] ?? "");
    if (weight?.dtype !== "float32" || plan.weights.has(weight.name) || links.outputs.has(weight.name))
      continue;
    const output = afterAbsorbed(node.outputs[0] as string, links);
    if (quantized.has(node.inputs[0] as string) && quantized.has(output)) found.add(weight);
  }
  return [...found];
}

/** The nodes that yield them under their own names; their constants go to the pool. */
export function floatNodes(weights: readonly Constant[], pool: Pool): Node[] {
  if (weights.length === 0) return [];
  const one = pool.free("one");
  const parts = [pool.share("one", tensor("int8", [], [1])), pool.share("one", tensor("float32", [], [1]))];
  return [
    build.node("DequantizeLinear", parts, [one]),
    ...weights.map((weight) =>
      build.node("Mul", [pool.add({ ...weight, name: `${weight.name}.float` }), one], [weight.name]),
    ),
  ];
}
