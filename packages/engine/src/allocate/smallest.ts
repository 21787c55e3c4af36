// The smallest file whose measured fall in accuracy stays within a limit: joint recipes along the front are measured, then
// single layers are lowered from the best. Anytime: the best so far is kept, and stopping keeps it.

import { type Recipe, recipeKey } from "../recipe.ts";
import type { Finding } from "../score/finding.ts";
import { type Allocation, allocateBits } from "./allocate.ts";
import { type Budgets, Infeasible } from "./budgets.ts";
import type { JointLoss } from "./joint.ts";
import { taught } from "./lessons.ts";
import { movesFrom } from "./moves.ts";
import type { Sized } from "./prepared.ts";
import type { MeasuredRecipe } from "./setting.ts";
import { predictedOf, withMeasured } from "./table.ts";

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
  /** Of the style that the best is stored in; what was measured corrects it. */
  readonly prepared: Sized;
  readonly stopped: boolean;
}

export interface SmallestOptions {
  /** Fraction of top-1. */
  readonly most: number;
  /** Joint recipes to measure. */
  readonly evaluations: number;
  /** Others that hold besides; a size, a loss or a fall among them says nothing here. */
  readonly budgets?: Budgets;
  readonly signal: AbortSignal;
  /** Measures on samples that the search does not see. */
  readonly confirm?: MeasureJoint;
  /** The same allocation in other styles of storing: each is tried a little below what is best by then. */
  readonly others?: readonly Sized[];
  readonly onTried?: (tried: Tried, best: Tried) => void;
}

// Sizes nearer than this, relative, are not worth another measurement.
const NEAR = 0.005;
// Looked at again and again, a fall must be this many half intervals beyond the limit before it is certain.
const CERTAIN = 1.5;
// How far below the best another style must get to go on with it.
const BELOW = 0.97;
// Few samples say nothing of a fall.
const LEAST_SAMPLES = 64;

/** @throws what measuring throws, an abort apart */
export async function smallestWithin(
  start: Sized,
  measure: MeasureJoint,
  { most, evaluations, signal, confirm, others = [], onTried, budgets = {} }: SmallestOptions,
): Promise<Smallest> {
  const { bytes: _, loss: __, drop: ___, ...besides } = budgets;
  // The style at hand, and that of the best.
  let prepared = start;
  let known: MeasuredRecipe[] = [];
  let winner = { prepared, known };
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
    const { value } = measured.divergence;
    known.push({ recipe: found.recipe, value });
    if (!measured.cut) prepared = withMeasured(prepared, found.recipe, value);
    if (within && found.bytes < best.bytes) best = tried;
    if (best === tried || winner.known === known) winner = { prepared, known };
    onTried?.(tried, best);
    return within;
  };
  const ended = () => signal.aborted || trace.length >= evaluations;
  try {
    await bisect(start, float.bytes, attempt, ended, besides);
    for (const other of others) {
      [prepared, known] = [other, []];
      const { bytes: top } = best;
      const found = ended() ? undefined : await solved(other, { ...besides, bytes: BELOW * top });
      if (found && (await attempt(found))) await bisect(other, best.bytes, attempt, ended, besides);
    }
    ({ prepared, known } = winner);
    await lower(
      () => taught(prepared, known),
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
  return { best, trace, prepared: winner.prepared, stopped: signal.aborted };
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
  prepared: Sized,
  top: number,
  attempt: Attempt,
  ended: () => boolean,
  besides: Budgets,
): Promise<void> {
  let low = leastEstimate(prepared);
  let high = top;
  while (!ended() && high / low > 1 + NEAR) {
    const budget = Math.sqrt(low * high);
    const found = await solved(prepared, { ...besides, bytes: budget });
    // Nothing that small can be made.
    if (!found) low = budget;
    else if (await attempt(found)) high = Math.min(found.bytes, budget);
    else low = budget;
  }
}

async function solved(prepared: Sized, budgets: Budgets): Promise<Allocation | undefined> {
  try {
    return await allocateBits(prepared, budgets);
  } catch (error) {
    if (error instanceof Infeasible) return undefined;
    throw error;
  }
}

function leastEstimate({ sizes, choices }: Sized): number {
  return choices.reduce(
    (sum, { options }) => sum + Math.min(...options.map((each) => each.bytes)),
    sizes.rest,
  );
}

/** From the best, lowers one layer after the other, those that save most for what they are expected to lose first. */
async function lower(
  at: () => Sized,
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
