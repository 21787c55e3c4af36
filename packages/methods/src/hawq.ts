// HAWQ-V3 (Yao et al., ICML 2021, arXiv 2011.10680, §3.4): Ω of a layer and width, and the program that picks widths
// under size, BOPs or latency at a level λ. The trace comes from outside; the integer-only arithmetic is dyadic.ts.

import { type Coupling, type Grouping, grouped, type Item, type Option, optionsOf } from "./items.ts";
import type { Picks } from "./program.ts";

/** A layer as HAWQ-V3 sees it. Weights and inputs of a layer share one width. */
export interface HawqLayer {
  readonly id: string;
  /** Tr(H) ÷ parameters. */
  readonly trace: number;
  /** ‖Q(W) − W‖² at each width. */
  readonly perturbation: Readonly<Record<number, number>>;
  readonly parameters: number;
  readonly macs: number;
  /** Time at each width, in any unit; only where time is budgeted. */
  readonly latency?: Readonly<Record<number, number>>;
}

export const hawqResources = ["size", "bops", "latency"] as const;
export type HawqResource = (typeof hawqResources)[number];

/** Budgets as levels: 0 is every layer at its narrowest, 1 every layer at its widest (published: 0.25, 0.5, 0.75). */
export type HawqLevels = { readonly [K in HawqResource]?: number };

export interface HawqProblem extends Grouping {
  readonly layers: readonly HawqLayer[];
  readonly items: readonly Item[];
  readonly resources: readonly HawqResource[];
}

/** Ω = (Tr(H) ÷ n) · ‖Q(W) − W‖²: the loss that second order predicts, up to the factor ½ (HAWQ-V2 eq. 2). */
export function omega({ id, trace, perturbation }: HawqLayer, bits: number): number {
  const moved = perturbation[bits];
  if (moved === undefined) throw new Error(`layer ${id}: no perturbation at ${bits} bits, expected one`);
  return trace * moved;
}

const costs: Readonly<Record<HawqResource, (layer: HawqLayer, bits: number) => number>> = {
  // bits; in units of the parameters' own
  size: ({ parameters }, bits) => parameters * bits,
  bops: ({ macs }, bits) => macs * bits * bits,
  latency: ({ id, latency }, bits) => {
    const time = latency?.[bits];
    if (time === undefined) throw new Error(`layer ${id}: no latency at ${bits} bits, expected one`);
    return time;
  },
};

/**
 * The program of HAWQ-V3.
 * @param widths candidates of every layer, such as 4 and 8
 * @param equal layers that must share a width, by index (the paper couples a down-sampling convolution with the first
 * of its block: they share their quantized input)
 */
export function hawqProblem(
  layers: readonly HawqLayer[],
  widths: readonly number[],
  levels: HawqLevels,
  equal: readonly (readonly number[])[] = [],
): HawqProblem {
  const resources = hawqResources.filter((resource) => levels[resource] !== undefined);
  const [least, most] = [Math.min(...widths), Math.max(...widths)];
  const items = layers.map((layer): Item => {
    const options = widths.map(
      (bits): Option => ({
        key: String(bits),
        bits,
        loss: omega(layer, bits),
        costs: resources.map((resource) => costs[resource](layer, bits)),
      }),
    );
    return { id: layer.id, op: "", target: "weight", options };
  });
  const budgets = resources.map((resource) => {
    const total = (bits: number) => layers.reduce((sum, layer) => sum + costs[resource](layer, bits), 0);
    return total(least) + (levels[resource] as number) * (total(most) - total(least));
  });
  const couplings = equal.map((coupled): Coupling => ({ items: coupled }));
  return { ...grouped(items, couplings, budgets), layers, items, resources };
}

/** The width of every layer that some picks stand for. */
export function hawqWidths(problem: HawqProblem, { picks }: Picks): number[] {
  const options = optionsOf(problem, picks, problem.items.length);
  return problem.items.map((item, i) => (item.options[options[i] as number] as Option).bits);
}
