// MixDQ on a network at hand (Zhao et al., ECCV 2024, arXiv 2405.17873, §4.2–4.3): every layer scored alone by its group's
// metric, a program a group, the sweep over means and K, and every candidate measured as a whole. First weights, then
// activations given the weights. The programs are packages/methods/src/mixdq.ts.

import { type Candidate, evenly, type ScoredLayer } from "@bitscape/methods";
import { sizeOf } from "@bitscape/tensor";
import { cellRecipe, columnScheme } from "../cells/sensitivity.ts";
import type { Layer, Network } from "../network/network.ts";
import type { Between } from "../progress.ts";
import { type Choice, type LayerChoice, type Recipe, recipeKey, type Target } from "../recipe.ts";
import { type Finding, proportionFinding } from "../score/finding.ts";
import type { Pair } from "../score/reference.ts";
import type { Study } from "../study.ts";
import type { Groups } from "./groups.ts";
import { scoreOfPairs } from "./scores.ts";
import { type Group, sweptOf } from "./swept.ts";

export interface MixdqTarget {
  readonly target: Target;
  /** Mean bits an element. */
  readonly mean: number;
  /** Candidates, ascending, of the quality and the content group. */
  readonly widths: readonly [readonly number[], readonly number[]];
  /** Ratios content ÷ quality of mean widths that are tried. */
  readonly ks: readonly number[];
}

export interface MixdqOptions {
  readonly groups: Groups;
  /** Weights first. */
  readonly targets: readonly MixdqTarget[];
  readonly samples: readonly number[];
  /** Candidates to measure for each target. */
  readonly evaluations: number;
  /** What columns have besides their width. */
  readonly schemes?: Readonly<Partial<Record<Target, Choice>>>;
  /** What the recipe says of all that is not allocated; nothing where absent. */
  readonly given?: Recipe;
  /** Candidates that it refuses are not measured. */
  readonly fits?: (recipe: Recipe) => Promise<boolean>;
  /** Told how many scores and candidates of each target are done. */
  readonly between: Between;
}

export interface MixdqRow {
  readonly layer: string;
  readonly target: Target;
  readonly group: string;
  readonly metric: string;
  readonly elements: number;
  readonly bits: readonly number[];
  readonly scores: readonly (number | null)[];
  readonly chosen: number;
}

export interface MixdqCandidate {
  readonly target: Target;
  readonly mean: number;
  readonly k: number;
  readonly means: readonly [quality: number, content: number];
  /** To the float network, of the whole recipe. */
  readonly divergence: Finding;
}

export interface MixdqAllocation {
  readonly recipe: Recipe;
  readonly rows: readonly MixdqRow[];
  readonly candidates: readonly MixdqCandidate[];
  /** Half-width of the band about the means that was needed: the paper's 0.02 where that has answers. */
  readonly corridor: number;
  readonly divergence: Finding;
  readonly agreement: Finding | null;
}

/** The paper's sweeps: ten ratios for weights, twenty for activations, nearly one. */
export const sweeps: Readonly<Record<Target, readonly number[]>> = {
  weight: evenly(0.46, 1.36, 10),
  activation: evenly(0.94, 1.09, 20),
};
/** The paper's candidates: content may be as narrow as 2 bits, quality is not; activations have 4 or 8. */
export const mixdqWidths: Readonly<Record<Target, MixdqTarget["widths"]>> = {
  weight: [
    [4, 8],
    [2, 4, 8],
  ],
  activation: [
    [4, 8],
    [4, 8],
  ],
};
// Bits below the wanted mean at which the sweep begins, in ten steps.
const BELOW = 0.3;

/** @throws one sentence where no candidate keeps its means */
export async function allocateMixdq(study: Study, options: MixdqOptions): Promise<MixdqAllocation> {
  let recipe: Recipe = options.given ?? { schema: "bitscape/recipe/1", layers: {} };
  const rows: MixdqRow[] = [];
  const candidates: MixdqCandidate[] = [];
  let corridor = 0;
  let best: Measured | undefined;
  for (const target of options.targets) {
    const found = await allocateOne(study, options, target, recipe);
    recipe = found.recipe;
    rows.push(...found.rows);
    candidates.push(...found.candidates);
    corridor = Math.max(corridor, found.corridor);
    best = found.measured;
  }
  if (!best) throw new Error("mixdq: nothing to allocate, expected weights, or weights and activations");
  return { recipe, rows, candidates, corridor, divergence: best.divergence, agreement: best.agreement };
}

interface Measured {
  readonly recipe: Recipe;
  readonly divergence: Finding;
  readonly agreement: Finding | null;
}

async function allocateOne(study: Study, options: MixdqOptions, asked: MixdqTarget, given: Recipe) {
  const { target, widths, mean, ks } = asked;
  const { network } = study;
  const parts = options.groups.flatMap((group, g) =>
    group.layers.map((id) =>
      elementsIn(network, id, target) > 0 ? (widths[g] as readonly number[]).length : 0,
    ),
  );
  const total = parts.reduce((sum, each) => sum + each, options.evaluations);
  let done = 0;
  const of = { ...options, between: () => options.between(done, total) };
  const scored: { readonly layers: ScoredLayer[]; readonly ids: string[] }[] = [];
  for (const [g, group] of options.groups.entries()) {
    const own = widths[g] as readonly number[];
    const layers = group.layers.map((id) => network.layers.find((layer) => layer.id === id) as Layer);
    const owning = layers.filter((layer) => elementsOf(network, layer, target) > 0);
    const part: { layers: ScoredLayer[]; ids: string[] } = { layers: [], ids: [] };
    for (const layer of owning) {
      const scores: (number | undefined)[] = [];
      for (const bits of own)
        scores.push(await scoreOf(study, of, group.metric, layer.id, target, bits).finally(() => done++));
      if (scores.every((score) => score === undefined)) continue;
      part.layers.push({ elements: elementsOf(network, layer, target), scores });
      part.ids.push(layer.id);
    }
    scored.push(part);
  }
  const [quality, content] = scored.map(({ layers }, g) => ({
    layers,
    widths: widths[g] as readonly number[],
  })) as [Group, Group];
  if (quality.layers.length === 0 || content.layers.length === 0)
    throw new Error(`mixdq: a group without a ${target} to allocate, expected some in both (--groups)`);
  const tried: (Measured & { candidate: Candidate })[] = [];
  let corridor = 0;
  const least = Math.min(...widths.flat());
  // Where no candidate is small enough, lower means are swept: scores are known by then.
  for (let top = mean; tried.length === 0 && top > least; top -= BELOW) {
    const swept = sweptOf(quality, content, evenly(top, top - BELOW, 10), ks);
    if (!swept) break;
    corridor = swept.corridor;
    const recipes = new Map<string, { recipe: Recipe; candidate: Candidate }>();
    for (const candidate of swept.found) {
      const recipe = recipeWith(given, target, scored, candidate, options.schemes);
      if (!recipes.has(recipeKey(recipe))) recipes.set(recipeKey(recipe), { recipe, candidate });
    }
    // The highest means come first.
    for (const { recipe, candidate } of recipes.values()) {
      if (tried.length >= options.evaluations) break;
      if (options.fits && !(await options.fits(recipe))) continue;
      tried.push({ ...(await measure(study, of, recipe)), candidate });
      done++;
    }
  }
  if (tried.length === 0)
    throw new Error(
      `mixdq: mean of ${Number(mean.toFixed(2))} bits, expected one that widths ${widths[0]} and ${widths[1]} can have${options.fits ? " in a file so small" : ""}`,
    );
  const best = tried.reduce((a, b) => (b.divergence.value < a.divergence.value ? b : a));
  const rows = scored.flatMap(({ layers, ids }, g) =>
    ids.map((layer, i): MixdqRow => {
      const { elements, scores } = layers[i] as ScoredLayer;
      const { name, metric } = options.groups[g] as Groups[number];
      const chosen = (g === 0 ? best.candidate.quality : best.candidate.content).bits[i] as number;
      const bits = widths[g] as readonly number[];
      return {
        layer,
        target,
        group: name,
        metric,
        elements,
        bits,
        scores: scores.map((each) => each ?? null),
        chosen,
      };
    }),
  );
  return {
    recipe: best.recipe,
    rows,
    corridor,
    measured: best,
    candidates: tried.map(
      ({ candidate, divergence }): MixdqCandidate => ({
        target,
        mean: candidate.mean,
        k: candidate.k,
        means: [candidate.quality.mean, candidate.content.mean],
        divergence,
      }),
    ),
  };
}

function elementsIn(network: Network, id: string, target: Target): number {
  const layer = network.layers.find((each) => each.id === id);
  return layer ? elementsOf(network, layer, target) : 0;
}

/** Elements of a layer's weights, or of the activations that it is the first to decide. */
function elementsOf({ values }: Network, { id, weights, points }: Layer, target: Target): number {
  if (target === "weight") return weights.reduce((sum, { elements }) => sum + elements, 0);
  return points
    .filter(({ deciders }) => deciders[0] === id)
    .reduce((sum, { tensor }) => sum + sizeOf(values.get(tensor)?.shape ?? [0]), 0);
}

interface Scoring extends Pick<MixdqOptions, "samples" | "schemes"> {
  readonly between: () => Promise<void>;
}

async function scoreOf(
  study: Study,
  { samples, between, schemes }: Scoring,
  metric: Groups[number]["metric"],
  layer: string,
  target: Target,
  bits: number,
): Promise<number | undefined> {
  await between();
  const pairs = await pairsOf(
    study,
    samples,
    cellRecipe({ layer, target, bits }, schemes?.[target]),
    between,
  );
  const score = scoreOfPairs(metric, pairs, study.network);
  return Number.isFinite(score) ? score : undefined;
}

async function pairsOf(
  study: Study,
  samples: readonly number[],
  recipe: Recipe,
  between: () => Promise<void>,
): Promise<Pair[]> {
  const { reference, probe } = study;
  const settings = probe.settings(await study.plan(recipe, between));
  const pairs: Pair[] = [];
  for (const batch of reference.batches(samples)) {
    await between();
    pairs.push(...(await reference.pairs(batch, probe, (feeds) => probe.run(feeds, settings))));
  }
  return pairs;
}

async function measure(study: Study, { samples, between }: Scoring, recipe: Recipe): Promise<Measured> {
  const score = await study.score(recipe, samples, between);
  const pairs = study.reference.kind.kind === "classes" ? await pairsOf(study, samples, recipe, between) : [];
  const positions = pairs.reduce((sum, { comparison }) => sum + comparison.positions, 0);
  const agreeing = pairs.reduce((sum, { comparison }) => sum + comparison.agreeing, 0);
  const agreement = positions > 0 ? proportionFinding(agreeing, positions, recipeKey(recipe)) : null;
  return { recipe, divergence: score.divergence, agreement };
}

const floats = { weight: "float", activation: "float" } as const;

function recipeWith(
  given: Recipe,
  target: Target,
  scored: readonly { readonly ids: readonly string[] }[],
  { quality, content }: Candidate,
  schemes?: MixdqOptions["schemes"],
): Recipe {
  const layers: Record<string, LayerChoice> = { ...given.layers };
  for (const [g, { ids }] of scored.entries()) {
    for (const [i, id] of ids.entries()) {
      const bits = (g === 0 ? quality : content).bits[i] as number;
      const before = layers[id] === "float" ? floats : layers[id];
      layers[id] = { ...before, [target]: columnScheme(target, bits, schemes?.[target]) };
    }
  }
  return { ...given, layers };
}
