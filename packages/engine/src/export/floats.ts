// Weights that are float between quantized activations: ONNX Runtime 1.30 would quantize them to int8 of its own accord
// (WeightBiasQuantization), and the file would not compute what it says. A product with 1, which it does not fold
// because a DequantizeLinear makes that 1, keeps them as they are.

import { build, type Constant, type Graph, linksOf, type Node } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { afterAbsorbed } from "../network/points.ts";
import type { Plan } from "../plan.ts";
import type { Value } from "./part.ts";
import { standsBare } from "./points.ts";
import type { Pool } from "./pool.ts";

const meddledWith = new Set(["Conv", "ConvTranspose", "Gemm"]);

/** Names of float32 weights of operators whose input comes from a DequantizeLinear and whose output is quantized. */
export function meddledWeights(graph: Graph, plan: Plan): Set<string> {
  const links = linksOf(graph);
  const points = [...plan.points.values()];
  const namesOf = (chosen: typeof points) =>
    new Set(chosen.flatMap(({ point }) => [point.tensor, ...point.aliases]));
  const [before, after] = [namesOf(points.filter(standsBare)), namesOf(points)];
  const found = new Set<string>();
  for (const node of graph.nodes) {
    if (!meddledWith.has(node.op) || node.domain !== "") continue;
    const weight = graph.constants.get(node.inputs[1] ?? "");
    if (weight?.dtype !== "float32" || links.outputs.has(weight.name)) continue;
    const output = afterAbsorbed(node.outputs[0] as string, links);
    if (before.has(node.inputs[0] as string) && after.has(output)) found.add(weight.name);
  }
  return found;
}

/** The 1, made when first asked for. */
export class One {
  readonly #pool: Pool;
  #value: Value | undefined;
  readonly nodes: Node[] = [];

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  value(): Value {
    if (this.#value) return this.#value;
    const name = this.#pool.free("one");
    const parts = [tensor("int8", [], [1]), tensor("float32", [], [1])].map((each) =>
      this.#pool.share("one", each),
    );
    this.nodes.push(build.node("DequantizeLinear", parts, [name]));
    this.#value = { name, dtype: "float32", shape: [], settled: false, bytes: 0 };
    return this.#value;
  }
}

/** The node that yields a weight that stays float under its own name; its constant goes to the pool. */
export function floatNode(weight: Constant, one: One, pool: Pool): Node {
  const stored = pool.add({ ...weight, name: `${weight.name}.float` });
  return build.node("Mul", [stored, one.value().name], [weight.name]);
}
