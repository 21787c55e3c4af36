// Shapes measured by one run on made-up inputs, for operators whose shapes no rule gives.

import { build, type Inference, type Inferred, type Model, trueInputs } from "@bitscape/graph";
import { syntheticDataset } from "../data/index.ts";
import { loadModel } from "../runtime/loading.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { boundsOf } from "./inputs.ts";

/** Types and shapes of the values that inference left unknown; undefined where the model does not run on made-up inputs. */
export async function profile(
  model: Model,
  pins: Readonly<Record<string, number>>,
  { values, others }: Inference,
  runtime: Runtime,
): Promise<Map<string, Inferred> | undefined> {
  const { graph } = model;
  const shown = new Set(graph.outputs.map((output) => output.name));
  const wanted = graph.nodes
    .flatMap((node) => node.outputs)
    .filter((name) => name !== "" && !values.has(name) && !others.has(name));
  const extra = wanted.filter((name) => !shown.has(name)).map((name) => build.untyped(name));
  const exposed = { ...model, graph: { ...graph, outputs: [...graph.outputs, ...extra] } };
  try {
    const inputs = trueInputs(graph).map((input) => {
      const found = values.get(input.name);
      if (!found) throw new Error(`input ${input.name}: unknown shape`);
      return { name: input.name, ...found };
    });
    // A first dimension that all inputs have is a batch to a data set: as many samples fill it.
    const [first = 1] = inputs[0]?.shape ?? [];
    const size = inputs.every(({ shape }) => shape[0] === first) ? first : 1;
    const samples = await syntheticDataset(inputs, { size, pins, bounds: boundsOf({ model }) });
    const session = await loadModel(exposed, runtime);
    const batch = await samples.batch(Array.from({ length: size }, (_, i) => i));
    const outputs = await session.run(batch, wanted);
    await session.release();
    return new Map(Object.entries(outputs).map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
  } catch {
    return undefined; // inference says what is missing and why
  }
}
