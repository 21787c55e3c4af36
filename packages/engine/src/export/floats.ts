// Weights that are float between quantized activations: ONNX Runtime 1.30 would quantize them to int8 of its own accord
// (WeightBiasQuantization), and the file would not compute what it says. Plain ones stay constants, which kernels are fast
// with: a Max of one operand, which changes nothing, keeps their input's DequantizeLinear away. Those that are computed
// from codes are folded to constants, unless multiplied by a 1 that a DequantizeLinear makes.

import { build, type Graph, linksOf, type Node } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { afterAbsorbed } from "../network/points.ts";
import type { Plan } from "../plan/plan.ts";
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

/**
 * Nodes in which those that read a float weight of `left` do not read a DequantizeLinear themselves. The copy costs a few
 * percent of such a layer; weights that are no constants cost it up to five times its time.
 */
export function keptApart(nodes: readonly Node[], left: ReadonlySet<string>, pool: Pool): Node[] {
  return nodes.flatMap((node): Node[] => {
    const [input, weight, ...rest] = node.inputs;
    if (input === undefined || weight === undefined) return [node];
    if (!meddledWith.has(node.op) || !left.has(weight)) return [node];
    const same = pool.free(`${input}.same`);
    return [
      { ...build.node("Max", [input], [same]), name: "" },
      { ...node, inputs: [same, weight, ...rest] },
    ];
  });
}
