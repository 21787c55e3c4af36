// What layers' channels lack on average, by the plainest way: every value out of a session of the probe, summed in float64, each
// weighted by whether a ReLU lets the float network's value through. For tests only.

import { build, encodeModel } from "@bitscape/graph";
import { toFloat32 } from "@bitscape/tensor";
import type { Plan } from "../../plan/plan.ts";
import { probeModel } from "../../probe/probe.ts";
import { formOf } from "../../probe/quantizer.ts";
import type { Feeds } from "../../runtime/runtime.ts";
import type { Study } from "../../study.ts";
import { type Gate, gatesOf, UNSEEN } from "./gates.ts";
import type { BiasSite } from "./sites.ts";

/** By site and channel, the weighted mean over a batch of float − quantized. */
export async function lackingMeans(
  study: Study,
  sites: readonly BiasSite[],
  plan: Plan,
  batch: Feeds,
): Promise<Float64Array[]> {
  const gates = gatesOf(study.network, sites);
  const names = [...sites.map(({ output }) => output), ...[...gates.values()].map((gate) => gate.tensor)];
  const [float, quantized] = [
    await opened(study, names, undefined, batch),
    await opened(study, names, plan, batch),
  ];
  return sites.map((site) => {
    const { output, channels, axis, layer } = site;
    const gate = gates.get(layer.id);
    const shape = float[output]?.shape ?? [];
    const [exact, rounded] = [valuesOf(float, output), valuesOf(quantized, output)];
    const through = gate && valuesOf(float, gate.tensor);
    const inner = shape.slice(axis === 1 ? 2 : shape.length).reduce((a, b) => a * b, 1);
    const [sums, counts] = [new Float64Array(channels), new Float64Array(channels)];
    for (let i = 0; i < exact.length; i++) {
      const weigh = !gate || isSeen(gate, through?.[i] as number) ? 1 : UNSEEN;
      const c = Math.floor(i / inner) % channels;
      sums[c] = (sums[c] as number) + weigh * ((exact[i] as number) - (rounded[i] as number));
      counts[c] = (counts[c] as number) + weigh;
    }
    return sums.map((sum, c) => sum / (counts[c] as number));
  });
}

const isSeen = ({ low, high }: Gate, value: number) => value > low && (high === null || value < high);

async function opened(
  { network, runtime, probe }: Study,
  names: readonly string[],
  plan: Plan | undefined,
  batch: Feeds,
): Promise<Feeds> {
  const form = formOf(plan?.points.values() ?? []);
  const model = probeModel(network, form);
  const own = new Set(model.graph.outputs.map(({ name }) => name));
  const others = [...new Set(names)].filter((name) => !own.has(name));
  const outputs = [...model.graph.outputs, ...others.map((name) => build.value(name, "float32"))];
  const session = await runtime.load(encodeModel({ ...model, graph: { ...model.graph, outputs } }));
  const found = await session.run({ ...probe.settings(plan, form), ...batch }, [...new Set(names)]);
  await session.release();
  return found;
}

function valuesOf(outputs: Feeds, name: string): Float32Array {
  const { dtype = "float32", data = new Float32Array() } = outputs[name] ?? {};
  return toFloat32(dtype, data);
}
