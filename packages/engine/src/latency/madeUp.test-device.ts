// A made-up device whose every operator has a known time, and a network to be timed on it. For tests only.

import { build, decodeModel, int, ints, linksOf, type Node } from "@bitscape/graph";
import { type Evidence, evidenceOf } from "../allocate/evidence.ts";
import { prepare } from "../allocate/prepared.ts";
import { exportNetwork } from "../export/exporter.ts";
import { planRecipe } from "../plan/plan.ts";
import { presets, type Recipe } from "../recipe.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { openSmall } from "../testing/data.ts";
import { type SmallNet, smallNet, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { sizeReport } from "../views/summary.ts";
import { standInRanges } from "./standIn.ts";
import { Timings } from "./timings.ts";

const { node } = build;
const conv = (
  name: string,
  input: string,
  output: string,
  attributes: Record<string, ReturnType<typeof int>> = {},
) =>
  [
    node("Conv", [input, `w${name}`], [`${output}c`], { pads: ints([1, 1, 1, 1]), ...attributes }, name),
    node("Relu", [`${output}c`], [output], {}, `${name}_relu`),
  ] as const;

/** Dense, depthwise, dense, depthwise, and a pointwise head. */
export const chain: SmallNet = smallNet("chain", {
  inputs: { x: { shape: [4, 6, 6] } },
  constants: [
    weight("wa", [8, 4, 3, 3], 1),
    weight("wb", [8, 8, 3, 3], 2),
    weight("wc", [8, 1, 3, 3], 3),
    weight("wd", [8, 8, 3, 3], 4),
    weight("we", [8, 1, 3, 3], 5),
    weight("wf", [3, 8, 1, 1], 6),
  ],
  nodes: [
    ...conv("a", "x", "ra"),
    ...conv("b", "ra", "rb"),
    ...conv("c", "rb", "rc", { group: int(8) }),
    ...conv("d", "rc", "rd"),
    ...conv("e", "rd", "re", { group: int(8) }),
    node("Conv", ["re", "wf"], ["y"], {}, "f"),
  ],
});

// Seconds of the made-up device: integers pay for dense layers, and not for depthwise ones.
const times = { dense: { integer: 1, float: 3 }, depthwise: { integer: 5, float: 2 }, quantizer: 0.1 };

function costOf(bytes: Uint8Array): number {
  const { graph } = decodeModel(bytes);
  const { producer, consumers } = linksOf(graph);
  const cost = (each: Node) => {
    if (each.op === "QuantizeLinear") return times.quantizer;
    if (each.op !== "Conv") return 0;
    const kind =
      (each.attributes.get("group") as { value?: bigint } | undefined)?.value === 8n ? "depthwise" : "dense";
    const readers = consumers.get(each.outputs[0] as string) ?? [];
    const after = readers[0]?.op === "Relu" ? consumers.get(readers[0].outputs[0] as string) : readers;
    const integer =
      each.inputs.slice(0, 2).every((name) => producer.get(name)?.op === "DequantizeLinear") &&
      after?.some(({ op }) => op === "QuantizeLinear");
    return times[kind][integer ? "integer" : "float"];
  };
  return graph.nodes.reduce((sum, each) => sum + cost(each), 0);
}

/** Runs nothing; moves its clock by what a model costs, and a hundredth of a second a run. */
export function device() {
  let at = 0;
  let more = 0;
  const runtime: Runtime = {
    name: "made-up device",
    async load(file) {
      const { graph } = decodeModel(file as Uint8Array);
      const quantizes = graph.nodes.some(({ op }) => op === "QuantizeLinear");
      const seconds = costOf(file as Uint8Array) + 0.01 + (quantizes ? more : 0);
      return {
        inputs: [],
        outputs: [],
        async run() {
          at += seconds;
          return {};
        },
        async release() {},
      };
    },
  };
  const slow = (seconds: number) => {
    more = seconds;
  };
  return { runtime, slow, timings: new Timings(runtime, { now: () => at, rounds: 3, leastSeconds: 1 }) };
}

/** The chain with evidence for 8 bits of every layer, activations quantized everywhere. */
export async function prepared() {
  const network = await openSmall(chain, wasmRuntime);
  const { weight: choice, activation } = presets.w8a8 as NonNullable<Recipe["defaults"]>;
  const cells = network.layers
    .filter(({ weights }) => weights.length > 0)
    .map(({ id }, i) => ({
      layer: id,
      target: "weight" as const,
      bits: 8,
      value: 1e-3 * (1 + i),
      low: 0,
      high: 1e-2,
    }));
  const evidence: Evidence[] = evidenceOf(network, cells, ["weight"], { weight: choice });
  const ranges = standInRanges(network);
  const kept = { defaults: { activation } };
  const size = async (recipe: Recipe) =>
    sizeReport(network, exportNetwork(network, planRecipe(network, recipe, ranges), recipe));
  return { network, evidence, kept, prepared: await prepare(network, evidence, size, kept) };
}
