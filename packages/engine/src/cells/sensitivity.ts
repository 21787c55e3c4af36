// Measured sensitivity: what each layer's weights, and each layer's activations, cost at each bit-width when they
// alone are quantized: the divergence of the real output on real samples.

import type { Network } from "../network/network.ts";
import type { Ranges } from "../plan/plan.ts";
import { planRecipe } from "../plan/plan.ts";
import type { Probe } from "../probe/probe.ts";
import { baseSchemes, type Choice, type Recipe, type Target } from "../recipe.ts";
import { evaluate } from "../score/evaluate.ts";
import type { Reference } from "../score/reference.ts";
import type { Cell, Column } from "./calls.ts";

/** What a cell quantizes: one layer's weights or activations in one column's format. */
export interface CellKey {
  readonly layer: string;
  readonly target: Target;
  readonly bits: Column;
}

/** Names a cell in maps and in `skip` lists. */
export function cellName({ layer, target, bits }: CellKey): string {
  return `${layer}|${target}|${bits}`;
}

/** The scheme of a column: the base scheme of the target (overridden by `choice`) in this column's format. */
export function columnScheme(target: Target, bits: Column, choice: Choice = {}): Choice {
  const over = choice === "float" ? {} : choice;
  const base = baseSchemes[target].format;
  // Of formats that are no integers, a column of integers has everything but the format.
  const integers = [over.format, base].find(
    (each) => each !== undefined && /^u?int\d+$/.test(each),
  ) as string;
  const format = typeof bits === "string" ? bits : integers.replace(/\d+$/, String(bits));
  return { ...baseSchemes[target], ...over, format };
}

/** The recipe of a cell: everything float but the one tensor (or group of tensors that share a decision). */
export function cellRecipe(key: CellKey, choice?: Choice): Recipe {
  const scheme = columnScheme(key.target, key.bits, choice);
  return { schema: "bitscape/recipe/1", layers: { [key.layer]: { [key.target]: scheme } } };
}

/** The cells a network has, columns in the order given within a layer. */
export function cellsOf(network: Network, bits: readonly Column[], targets: readonly Target[]): CellKey[] {
  return network.layers.flatMap((layer) =>
    targets
      .filter((target) => (target === "weight" ? layer.weights : layer.points).length > 0)
      .flatMap((target) => bits.map((each) => ({ layer: layer.id, target, bits: each }))),
  );
}

/**
 * Measures one cell on some samples.
 * @param between awaited before each batch; throws to cancel
 */
export async function measureCell(
  key: CellKey,
  study: {
    readonly network: Network;
    readonly reference: Reference;
    readonly probe: Probe;
    readonly ranges?: Ranges;
  },
  indices: readonly number[],
  between: () => Promise<void>,
  choice?: Choice,
): Promise<Cell> {
  const { network, reference, probe, ranges } = study;
  const plan = planRecipe(network, cellRecipe(key, choice), ranges);
  const run = probe.runner(plan, indices.length);
  const tally = await evaluate(reference, probe, indices, run, between);
  const of = cellName(key);
  return { ...key, finding: tally.divergence(of), drop: tally.drop(of) };
}
