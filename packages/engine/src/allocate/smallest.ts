// The smallest file whose measured fall in accuracy stays within a limit: joint recipes along the front are measured, then
// single layers are lowered from the best. Anytime: the best so far is kept, and stopping keeps it.

import type { Finding } from "../finding.ts";
import { type Recipe, recipeKey, schemeFor } from "../recipe.ts";
import { type Allocation, allocateBits } from "./allocate.ts";
import type { Evidence } from "./evidence.ts";
import type { JointLoss } from "./joint.ts";
import { type Prepared, predictedOf, withMeasured } from "./prepared.ts";
import { compact } from "./sizes.ts";

/** What a joint recipe really loses. */
export interface MeasuredJoint {
  readonly divergence: Finding;
  /** Fall of top-1, as a fraction. */
  readonly drop: Finding;
  /** Not all samples were run: the fall was already beyond the limit. */
  readonly cut: boolean;
}

/** Measures a joint recipe; may stop early where `hopeless` says so of the fall so far. */
export type MeasureJoint = (recipe: Recipe, hopeless: (drop: Finding) => boolean) => Promise<MeasuredJoint>;

export interface Tried {
  readonly recipe: Recipe;
  readonly bytes: number;
  readonly predicted: JointLoss;
  readonly measured: MeasuredJoint | null;
  readonly within: boolean;
  /** The same on samples that the search never saw: of many tried, some are within by luck. */
  readonly confirmed?: MeasuredJoint;
}

export interface Smallest {
  /** Within the limit and not refuted, of those tried the smallest; the float network where none is. */
  readonly best: Tried;
  readonly trace: readonly Tried[];
  /** What was measured corrects it. */
  readonly prepared: Prepared;
  readonly stopped: boolean;
}

export interface SmallestOptions {
  /** Fraction of top-1. */
  readonly most: number;
  /** Joint recipes to measure. */
  readonly evaluations: number;
  readonly signal: AbortSignal;
  /** Measures on samples that the search does not see. */
  readonly confirm?: MeasureJoint;
  readonly onTried?: (tried: Tried, best: Tried) => void;
}

// Sizes nearer than this, relative, are not worth another measurement.
const NEAR = 0.005;
// Looked at again and again, a fall must be this many half intervals beyond the limit before it is certain.
const CERTAIN = 1.5;
// Few samples say nothing of a fall.
const LEAST_SAMPLES = 64;

/** @throws what measuring throws, an abort apart */
export async function smallestWithin(
  start: Prepared,
  measure: MeasureJoint,
  { most, evaluations, signal, confirm, onTried }: SmallestOptions,
): Promise<Smallest> {
  let prepared = start;
  const recipe: Recipe = { schema: "bitscape/recipe/1", ...start.options.inside };
  const { bytes } = await start.size(recipe);
  const float: Tried = {
    recipe,
    bytes,
    predicted: { value: 0, low: 0, high: 0 },
    measured: null,
    within: true,
  };
  let best = float;
  let trace: Tried[] = [];
  const hopeless = (drop: Finding) =>
    drop.n >= LEAST_SAMPLES && drop.value - CERTAIN * (drop.value - drop.low) > most;
  const keeps = ({ cut, drop }: MeasuredJoint) => !cut && drop.value <= most;
  const attempt: Attempt = async (found) => {
    const key = recipeKey(found.recipe);
    const before = trace.find((tried) => recipeKey(tried.recipe) === key);
    if (before) return before.within;
    const measured = await measure(found.recipe, hopeless);
    const within = keeps(measured);
    const tried: Tried = { ...found, measured, within };
    trace.push(tried);
    if (!measured.cut) prepared = withMeasured(prepared, found.recipe, measured.divergence.value);
    if (within && found.bytes < best.bytes) best = tried;
    onTried?.(tried, best);
    return within;
  };
  const ended = () => signal.aborted || trace.length >= evaluations;
  try {
    await bisect(start, float.bytes, attempt, ended);
    await lower(
      () => prepared,
      () => best,
      attempt,
      ended,
    );
    while (confirm && best.measured && !signal.aborted) {
      const confirmed = await confirm(best.recipe, hopeless);
      const again: Tried = { ...best, confirmed };
      trace = trace.map((tried) => (tried.recipe === again.recipe ? again : tried));
      best = keeps(confirmed) ? again : smallestOf(trace, keeps, float);
      if (best === again || best.confirmed) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return { best, trace, prepared, stopped: signal.aborted };
}

/** The smallest that is within the limit and that no other sample refuted. */
function smallestOf(trace: readonly Tried[], keeps: (of: MeasuredJoint) => boolean, float: Tried): Tried {
  return trace
    .filter(({ within, confirmed }) => within && (!confirmed || keeps(confirmed)))
    .reduce((a, b) => (b.bytes < a.bytes ? b : a), float);
}

type Attempt = (found: Pick<Allocation, "recipe" | "bytes" | "predicted">) => Promise<boolean>;

/** Halves the range of sizes (in ratio) between what fell too far and what did not. */
async function bisect(
  prepared: Prepared,
  top: number,
  attempt: Attempt,
  ended: () => boolean,
): Promise<void> {
  let low = leastEstimate(prepared);
  let high = top;
  while (!ended() && high / low > 1 + NEAR) {
    const budget = Math.sqrt(low * high);
    const found = await allocateBits(prepared, { bytes: budget }).catch(() => undefined);
    // Nothing that small can be made.
    if (!found) low = budget;
    else if (await attempt(found)) high = Math.min(found.bytes, budget);
    else low = budget;
  }
}

function leastEstimate({ sizes, choices }: Prepared): number {
  return choices.reduce(
    (sum, { options }) => sum + Math.min(...options.map((each) => each.bytes)),
    sizes.rest,
  );
}

/** From the best, lowers one layer after the other, those that save most for what they are expected to lose first. */
async function lower(
  at: () => Prepared,
  best: () => Tried,
  attempt: Attempt,
  ended: () => boolean,
): Promise<void> {
  const refused = new Set<string>();
  while (!ended()) {
    const from = best();
    const next = movesFrom(at(), from.recipe).find(({ name }) => !refused.has(name));
    if (!next) return;
    refused.add(next.name);
    const { bytes } = await at().size(next.recipe);
    if (bytes < from.bytes)
      await attempt({ recipe: next.recipe, bytes, predicted: predictedOf(at(), next.recipe) });
  }
}

function movesFrom(prepared: Prepared, recipe: Recipe): { name: string; recipe: Recipe }[] {
  const weights = prepared.choices.filter(({ target }) => target === "weight");
  const moves = weights.flatMap(({ id, options }) => {
    const format = schemeFor(recipe, id, "weight")?.format;
    const now = options.find(({ evidence }) => evidence?.scheme.format === format);
    if (!now) return [];
    return options.flatMap((option) => {
      if (!option.evidence || option.bytes >= now.bytes) return [];
      const rate = (option.value - now.value) / (now.bytes - option.bytes);
      const { scheme } = option.evidence;
      return [{ name: `${id} ${option.key}`, rate, recipe: withWeight(prepared, recipe, id, scheme) }];
    });
  });
  return moves.toSorted((a, b) => a.rate - b.rate);
}

/** A recipe with other weights for one layer, in few words. */
function withWeight(
  { network }: Prepared,
  recipe: Recipe,
  layer: string,
  scheme: Evidence["scheme"],
): Recipe {
  const weighted = network.layers.filter(({ weights }) => weights.length > 0);
  const layers = { ...recipe.layers };
  for (const { id } of weighted) {
    const own = layers[id];
    const weight = id === layer ? scheme : (schemeFor(recipe, id, "weight") ?? "float");
    layers[id] = { ...(own === "float" ? { activation: own } : own), weight };
  }
  return compact({ ...recipe, layers });
}
