// HAWQ-V3 on a network at hand (Yao et al., ICML 2021, arXiv 2011.10680): widths of layers by its Ω under its levels of
// size, bit operations or time. The program is packages/methods/src/hawq.ts; this makes it from a network, and its answer a recipe.

import {
  type HawqLevels,
  hawqProblem,
  hawqResources,
  hawqWidths,
  type IntegerSolver,
  omega,
  solve,
  solveProven,
} from "@bitscape/methods";
import { columnScheme } from "../cells/sensitivity.ts";
import { secondsOf, type Times } from "../latency/times.ts";
import type { Network } from "../network/network.ts";
import type { LayerChoice, Recipe, Target } from "../recipe.ts";
import { type Curvature, curvatures, type Traced } from "./curvature.ts";

export interface HawqOptions {
  /** Candidates, such as 4 and 8. */
  readonly widths: readonly number[];
  readonly levels: HawqLevels;
  /** Sets of layers that must share a width. */
  readonly coupled: readonly (readonly string[])[];
  /** Layers that have the widest and are no part of the program. */
  readonly fixed: readonly string[];
  /** Weights alone, or weights and activations, which share a layer's width. */
  readonly targets: readonly Target[];
  /** Needed where time is limited; columns are the widths. */
  readonly times?: Times;
  readonly solver?: IntegerSolver;
}

export interface HawqRow {
  readonly layer: string;
  readonly bits: number;
  /** Tr(H) ÷ parameters, and its standard error over probes. */
  readonly trace: number;
  readonly error: number;
  /** ‖ΔW‖² and Ω at each width. */
  readonly perturbation: Readonly<Record<number, number>>;
  readonly omega: Readonly<Record<number, number>>;
  readonly fixed: boolean;
}

export interface HawqAllocation {
  readonly recipe: Recipe;
  readonly rows: readonly HawqRow[];
  /** Of the layers that were allocated. */
  readonly omega: number;
  /** Of each limited resource: what is taken, and what may be; bits, bit operations, seconds. */
  readonly taken: Readonly<Record<string, { readonly value: number; readonly limit: number }>>;
  readonly gap: number;
  readonly coupled: readonly (readonly string[])[];
  /** Layers without a trace: they have the widest. */
  readonly without: readonly string[];
}

/** First and last layer, which HAWQ-V3 leaves at 8 bits. */
export function hawqFixed({ layers }: Network): string[] {
  const weighted = layers.filter(({ weights }) => weights.length > 0).map(({ id }) => id);
  return [...new Set([weighted[0], weighted.at(-1)])].filter((id) => id !== undefined);
}

/** @throws one sentence where nothing is left to allocate, or where levels cannot be kept together */
export async function allocateHawq(
  network: Network,
  traced: Traced,
  { widths, levels, coupled, fixed, targets, times, solver }: HawqOptions,
): Promise<HawqAllocation> {
  const all = curvatures(network, traced, widths);
  const ordered = widths.toSorted((a, b) => a - b);
  const still = new Set(fixed);
  const free = all.filter(({ layer }) => !still.has(layer.id));
  if (free.length === 0)
    throw new Error(`hawq: ${all.length} layers with a trace, expected some beside those that are fixed`);
  const layers = free.map(({ layer }) => ({
    ...layer,
    ...(times && {
      latency: Object.fromEntries(ordered.map((bits) => [bits, timeOf(times, layer.id, bits, targets)])),
    }),
  }));
  const index = new Map(layers.map(({ id }, i) => [id, i]));
  const equal = coupled
    .map((ids) => ids.flatMap((id) => index.get(id) ?? []))
    .filter(({ length }) => length > 1);
  const problem = hawqProblem(layers, ordered, levels, equal);
  const outcome = solver ? await solveProven(problem.program, solver) : solve(problem.program);
  if (outcome.kind === "infeasible")
    throw new Error(
      `hawq: levels ${hawqResources.flatMap((name) => (levels[name] === undefined ? [] : [`${name} ${levels[name]}`])).join(", ")}, expected some that can be kept together`,
    );
  const { answer } = outcome;
  const bits = new Map(
    hawqWidths(problem, answer).map((width, i) => [(layers[i] as { id: string }).id, width]),
  );
  const widest = ordered.at(-1) as number;
  const rows = all.map((each) =>
    rowOf(each, bits.get(each.layer.id) ?? widest, ordered, !bits.has(each.layer.id)),
  );
  const known = new Set(all.map(({ layer }) => layer.id));
  const weighted = network.layers.filter(({ weights }) => weights.length > 0).map(({ id }) => id);
  const taken = problem.resources.map((name, r) => {
    const limit = problem.program.budgets[r] as number;
    return [name, { value: answer.costs[r] as number, limit }] as const;
  });
  return {
    recipe: recipeOf(network, bits, widest, targets),
    rows,
    omega: answer.loss,
    taken: Object.fromEntries(taken),
    gap: answer.gap,
    coupled: coupled.filter((ids) => ids.filter((id) => index.has(id)).length > 1),
    without: weighted.filter((id) => !known.has(id)),
  };
}

function timeOf(times: Times, id: string, bits: number, targets: readonly Target[]): number {
  return secondsOf(times, id, String(bits), targets.includes("activation") ? String(bits) : undefined);
}

function rowOf(
  { layer, error }: Curvature,
  bits: number,
  widths: readonly number[],
  fixed: boolean,
): HawqRow {
  const { id, trace, perturbation } = layer;
  return {
    layer: id,
    bits,
    trace,
    error,
    perturbation,
    omega: Object.fromEntries(widths.map((width) => [width, omega(layer, width)])),
    fixed,
  };
}

function recipeOf(
  { layers }: Network,
  bits: ReadonlyMap<string, number>,
  widest: number,
  targets: readonly Target[],
): Recipe {
  const both = targets.includes("activation");
  const chosen = layers.flatMap(({ id, weights, points }): [string, LayerChoice][] => {
    const width = bits.get(id);
    if (width === undefined || width === widest || weights.length === 0) return [];
    const activation = both && points.length > 0 ? { activation: columnScheme("activation", width) } : {};
    return [[id, { weight: columnScheme("weight", width), ...activation }]];
  });
  return {
    schema: "bitscape/recipe/1",
    defaults: {
      weight: columnScheme("weight", widest),
      ...(both && { activation: columnScheme("activation", widest) }),
    },
    layers: Object.fromEntries(chosen),
  };
}
