// Means of layers' outputs by the plainest way: every value out of a session of the probe, summed in float64. For tests only.

import { build, encodeModel } from "@bitscape/graph";
import { toFloat32 } from "@bitscape/tensor";
import type { Plan } from "../plan.ts";
import { probeModel } from "../probe.ts";
import { formOf } from "../quantizer.ts";
import type { Feeds } from "../runtime.ts";
import type { Study } from "../study.ts";
import type { BiasSite } from "./sites.ts";

/** By site, the mean of each channel over a batch; of the float network without a plan. */
export async function openedMeans(
  { network, runtime, probe }: Study,
  sites: readonly BiasSite[],
  plan: Plan | undefined,
  batch: Feeds,
): Promise<Float64Array[]> {
  const form = formOf(plan?.points.values() ?? []);
  const model = probeModel(network, form);
  const names = sites.map(({ output }) => output);
  const others = names.filter((name) => !model.graph.outputs.some((each) => each.name === name));
  const outputs = [...model.graph.outputs, ...others.map((name) => build.value(name, "float32"))];
  const session = await runtime.load(encodeModel({ ...model, graph: { ...model.graph, outputs } }));
  const found = await session.run({ ...probe.settings(plan, form), ...batch }, names);
  await session.release();
  return sites.map(({ output, channels, axis }) => {
    const { dtype = "float32", data = new Float32Array(), shape = [] } = found[output] ?? {};
    const values = toFloat32(dtype, data);
    const inner = shape.slice(axis === 1 ? 2 : shape.length).reduce((a, b) => a * b, 1);
    const sums = new Float64Array(channels);
    for (let i = 0; i < values.length; i++) {
      const c = Math.floor(i / inner) % channels;
      sums[c] = (sums[c] as number) + (values[i] as number);
    }
    return sums.map((sum) => (sum * channels) / values.length);
  });
}
