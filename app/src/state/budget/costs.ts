// What each layer costs a device, float and as it is now: bit operations from the recipe, or time from what was measured or given.
// Measures nothing (budget/timing.ts); bytes are not here (layers/rowSizes.ts).

import { type LayerSummary, type Recipe, stateName, type Times } from "@bitscape/engine";
import { chosenBits, floating, has, storageBits } from "../edits.ts";

/** The column beside the bytes. */
export const costs = ["none", "bops", "time"] as const;
export type Cost = (typeof costs)[number];

export interface RowCost {
  readonly float: number;
  /** NaN where it is not known as it is now. */
  readonly now: number;
}

/** Σ MACs · bits of weights · bits of inputs (HAWQ-V3), by layer; those without weights or a count have none. */
export function bitOperations(layers: readonly LayerSummary[], recipe: Recipe): Map<string, RowCost> {
  const bits = (id: string, target: "weight" | "activation") => {
    const chosen = chosenBits(recipe, id, target);
    return chosen === floating ? 32 : storageBits(chosen);
  };
  return new Map(
    layers.flatMap(({ id, macs, weights }) =>
      macs === null || weights.length === 0
        ? []
        : [[id, { float: macs * 32 * 32, now: macs * bits(id, "weight") * bits(id, "activation") }] as const],
    ),
  );
}

/** Seconds of a run, by layer. */
export function timesOf(layers: readonly LayerSummary[], recipe: Recipe, times: Times): Map<string, RowCost> {
  return new Map(
    layers.flatMap((layer) => {
      const { id } = layer;
      const own = times.layers[id];
      if (!own) return [];
      const name = (target: "weight" | "activation") => {
        if (!has(layer, target)) return undefined;
        const chosen = chosenBits(recipe, id, target);
        return chosen === floating ? "float" : String(chosen);
      };
      // Activations that were not asked about have no name in the times.
      const seconds = (weight: string | undefined) =>
        own.seconds[stateName(weight, name("activation"))] ?? own.seconds[stateName(weight, undefined)];
      if (!has(layer, "weight")) {
        const now = seconds(undefined) ?? own.kept;
        return [[id, { float: own.kept, now }] as const];
      }
      const [float, now] = [seconds("float"), seconds(name("weight"))];
      if (float === undefined && now === undefined) return [];
      return [[id, { float: float ?? Number.NaN, now: now ?? Number.NaN }] as const];
    }),
  );
}

/** Of several layers together; undefined where none has any. */
export function costTogether(
  layers: readonly LayerSummary[],
  costs: ReadonlyMap<string, RowCost>,
): RowCost | undefined {
  const own = layers.flatMap(({ id }) => costs.get(id) ?? []);
  if (own.length === 0) return undefined;
  return own.reduce((a, b) => ({ float: a.float + b.float, now: a.now + b.now }));
}
