// Where in the network the error grows: each layer's output in the quantized network against the float one, with everything
// before it quantized too. A session of its own, as the probe gives away no inner values.

import { build, type Model } from "@bitscape/graph";
import { toFloat32 } from "@bitscape/tensor";
import { probeModel } from "../probe/probe.ts";
import { formOf } from "../probe/quantizer.ts";
import type { Between } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import { batchesOf, leastBatch } from "../runtime/batches.ts";
import { loadModel } from "../runtime/loading.ts";
import type { Study } from "../study.ts";
import type { LayersReport } from "./calls.ts";

/** The probe with the output of each layer among its outputs. */
function openedModel(model: Model, names: ReadonlySet<string>): Model {
  const there = new Set(model.graph.outputs.map(({ name }) => name));
  const more = [...names].filter((name) => !there.has(name)).map((name) => build.value(name, "float32"));
  return { ...model, graph: { ...model.graph, outputs: [...model.graph.outputs, ...more] } };
}

/**
 * How far each layer's output is off.
 * @param between awaited before each sample; throws to cancel
 */
export async function layerDivergence(
  study: Study,
  recipe: Recipe,
  samples: number,
  between: Between,
): Promise<LayersReport> {
  // Of equalised layers the float values are other ones too: each is compared with its own.
  const at = await study.of(recipe, between);
  const { network, runtime, probe, dataset } = at;
  const plan = await at.plan(recipe, between);
  const layers = network.layers.flatMap(({ id, node }) => {
    const [output] = node.outputs;
    return output && network.values.get(output)?.dtype === "float32" ? [{ id, op: node.op, output }] : [];
  });
  const names = new Set(layers.map(({ output }) => output));
  const form = formOf(plan.points.values());
  const model = openedModel(probeModel(network, form), names);
  const [off, on] = [probe.settings(undefined, form), probe.settings(plan, form)];
  const session = await loadModel(model, runtime);
  const signal = new Map<string, number>();
  const noise = new Map<string, number>();
  const indices = study.samples(samples);
  try {
    let done = 0;
    // As few at once as the network takes: the values of all layers come back.
    for (const batch of batchesOf(indices, leastBatch(network).length, true)) {
      await between(done, indices.length);
      done += batch.count;
      const feeds = await dataset.batch(batch.indices);
      const exact = await session.run({ ...off, ...feeds });
      const rough = await session.run({ ...on, ...feeds });
      for (const name of names) {
        const [a, b] = [exact[name], rough[name]];
        if (!a || !b) continue;
        const [x, y] = [toFloat32(a.dtype, a.data), toFloat32(b.dtype, b.data)];
        let power = 0;
        let error = 0;
        for (let i = 0; i < x.length; i++) {
          power += (x[i] as number) ** 2;
          error += ((x[i] as number) - (y[i] as number)) ** 2;
        }
        signal.set(name, (signal.get(name) ?? 0) + power);
        noise.set(name, (noise.get(name) ?? 0) + error);
      }
    }
  } finally {
    await session.release();
  }
  const sqnr = (name: string) => 10 * Math.log10((signal.get(name) ?? 0) / (noise.get(name) ?? 0));
  return {
    n: indices.length,
    data: dataset.kind,
    layers: layers.map(({ id, op, output }) => ({ layer: id, op, sqnrDb: sqnr(output) })),
  };
}
