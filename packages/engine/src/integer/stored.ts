// What becomes of each planned weight in an integer graph: int8 or int4 codes where integer operators read it; where
// none could, the storage that any export gives it, in front of the operator that stays float.

import { type Constant, linksOf, type Node } from "@bitscape/graph";
import type { StoredTensor } from "../export/exporter.ts";
import { One } from "../export/floats.ts";
import { Packs } from "../export/packs.ts";
import type { Pool } from "../export/pool.ts";
import { type LastEncoded, weightPart } from "../export/weights.ts";
import type { Network } from "../network/network.ts";
import type { Plan, WeightPlan } from "../plan/plan.ts";

export interface FloatWeights {
  /** To come before all others. */
  readonly nodes: readonly Node[];
  readonly tensors: readonly StoredTensor[];
}

/** Lays down those weights of a plan that no integer operator reads. */
export function layFloatWeights(
  network: Network,
  plan: Plan,
  lowered: ReadonlySet<string>,
  encoded: LastEncoded,
  pool: Pool,
): FloatWeights {
  const packs = new Packs<WeightPlan>(pool);
  const one = new One(pool);
  // Opsets are not raised for weights that are exceptions here.
  const whole = { network, plan, types: false, encoded, pool, packs, one: () => one.value() };
  const left = [...plan.weights.values()].filter(({ weight }) => !lowered.has(weight.name));
  const parts = left.map((each) => {
    const before = pool.constants.length;
    const part = weightPart({ ...whole, meddled: new Set<string>() }, each);
    pool.prepareFrom(before, (between) => encoded.prepare(each, between));
    return { each, part };
  });
  for (const _ of packs.lay(true)) {
    // Small weights, whose codes are computed when they are asked for.
  }
  return {
    nodes: [...one.nodes, ...packs.nodes, ...parts.flatMap(({ part }) => part.nodes)],
    tensors: parts.map(({ each, part }) => ({
      layer: each.layer.id,
      weight: each.weight.name,
      format: each.format.name,
      elements: each.weight.elements,
      bytes: part.bytes(),
      memory: part.memory,
    })),
  };
}

/** What the weights that integer operators read take in a file. */
export function integerTensors(
  plan: Plan,
  lowered: ReadonlySet<string>,
  constants: ReadonlyMap<string, Constant>,
): StoredTensor[] {
  return [...plan.weights.values()]
    .filter(({ weight }) => lowered.has(weight.name))
    .map(({ layer, weight, format }) => {
      const parts = [`${weight.name}.q`, `${weight.name}.scale`, `${weight.name}.bias`];
      const bytes = parts.reduce((sum, name) => sum + (constants.get(name)?.byteLength ?? 0), 0);
      // One byte a weight, whatever its codes take in the file: ONNX Runtime folds the Cast of int4.
      const memory = { choice: "compact", can: ["compact"], bytes: weight.elements } as const;
      return {
        ...{ layer: layer.id, weight: weight.name, format: format.name },
        ...{ elements: weight.elements, bytes, memory },
      };
    });
}

/** Layers with planned weights that are multiplied as floats; a Gather only looks them up. */
export function floatLayers(
  network: Network,
  plan: Plan,
  lowered: ReadonlySet<string>,
): { readonly id: string; readonly op: string }[] {
  const { consumers } = linksOf(network.model.graph);
  const readers = [...plan.weights.keys()]
    .filter((name) => !lowered.has(name))
    .flatMap((name) => consumers.get(name) ?? [])
    .filter(({ op }) => op !== "Gather");
  return [...new Set(readers)].map(({ id, op }) => ({ id, op }));
}
