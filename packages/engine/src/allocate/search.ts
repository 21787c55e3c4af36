// The search for the recipe that loses least within budgets, among joint recipes that are measured: propose, measure, learn,
// propose again, in several styles of storing; uniform recipes compete. Anytime: the best so far is kept, stopping keeps it.

import type { IntegerSolver } from "@bitscape/methods";
import { recipeKey } from "../recipe.ts";
import { type Finding, meanOf } from "../score/finding.ts";
import type { Allocation } from "./allocate.ts";
import type { Budgets } from "./budgets.ts";
import { taught } from "./lessons.ts";
import type { MeasuredLoss, MeasureLoss } from "./measured.ts";
import type { Sized } from "./prepared.ts";
import { proposal } from "./propose.ts";
import type { MeasuredRecipe } from "./setting.ts";
import { predictedOf, withMeasured } from "./table.ts";

/** One way to store whatever width is chosen, with what is known of it. */
export interface Style {
  readonly name: string;
  readonly table: Sized;
}

/** A recipe that competes without being proposed. */
export interface Rival {
  readonly name: string;
  readonly allocation: Pick<Allocation, "recipe" | "bytes" | "predicted"> &
    Partial<Pick<Allocation, "bits" | "bops" | "gap" | "by">>;
}

export interface Weighed extends Rival {
  readonly measured: MeasuredLoss;
  /** The same on samples that the search never saw: of many tried, the best is so partly by luck. */
  readonly confirmed?: MeasuredLoss;
}

export interface Search {
  readonly budgets: Budgets;
  /** Joint recipes to measure; one that is cut short counts for its part. */
  readonly evaluations: number;
  readonly signal: AbortSignal;
  readonly rivals?: readonly Rival[];
  /** What is at hand: measured before all else, the one to be beaten. */
  readonly first?: Rival;
  /** Recipes measured before: they teach, and are not tried again. */
  readonly known?: readonly MeasuredRecipe[];
  readonly solver?: IntegerSolver;
  /** Measures on samples that the search does not see. */
  readonly confirm?: MeasureLoss;
  readonly onTried?: (tried: Weighed, best: Weighed) => void;
}

export interface SearchFound {
  /** Undefined where it was stopped before anything was measured, or nothing keeps the budgets. */
  readonly best: Weighed | undefined;
  readonly trace: readonly Weighed[];
  /** Of the style that the best is of, the first where it is none's; what was measured corrects it. */
  readonly table: Sized;
  /** Of every style, in their order, corrected alike. */
  readonly tables: readonly Sized[];
  readonly stopped: boolean;
}

/** Samples that a search looks at where no number is asked for; half of them tell what it found from luck. */
export const SEARCH_SAMPLES = 512;

// Paired differences this many standard errors above zero, of at least so many samples, are certain enough to stop at.
const CERTAIN = 2.5;
const LEAST_SAMPLES = 32;
// Proposals in a row that improve nothing.
const PATIENCE = 6;
// The best few are measured on other samples.
const FINALISTS = 3;

interface Arm {
  readonly style: Style;
  table: Sized;
  readonly known: MeasuredRecipe[];
  least: number;
  spent: boolean;
}

/** @throws what measuring throws, an abort apart; what solving throws, budgets that cannot be kept apart */
export async function searchLeast(
  styles: readonly Style[],
  measure: MeasureLoss,
  { budgets, evaluations, signal, rivals = [], first, known = [], solver, confirm, onTried }: Search,
): Promise<SearchFound> {
  const arms = styles.map(
    (style): Arm => ({
      style,
      table: style.table,
      known: [...known],
      least: Number.POSITIVE_INFINITY,
      spent: false,
    }),
  );
  let trace: Weighed[] = [];
  let best: Weighed | undefined;
  let spent = 0;
  const tried = new Set(known.map(({ recipe }) => recipeKey(recipe)));
  const ended = () => signal.aborted || spent >= evaluations;
  const attempt = async (candidate: Rival): Promise<Weighed> => {
    const { recipe } = candidate.allocation;
    tried.add(recipeKey(recipe));
    const leader = best;
    const measured = await measure(recipe, leader && ((each) => isWorse(each, leader.measured.each)));
    const weighed: Weighed = { ...candidate, measured };
    spent += leader ? measured.each.length / leader.measured.each.length : 1;
    trace.push(weighed);
    if (!leader || (!measured.cut && lossOf(weighed) < lossOf(leader))) best = weighed;
    onTried?.(weighed, best ?? weighed);
    return weighed;
  };
  const advance = async (arm: Arm): Promise<boolean> => {
    const found = await proposal(taught(arm.table, arm.known), budgets, tried, solver);
    if (!found) {
      arm.spent = true;
      return false;
    }
    const before = best;
    const { recipe } = found;
    const allocation = { ...found, predicted: predictedOf(arm.table, recipe) };
    const { measured } = await attempt({ name: arm.style.name, allocation });
    const { value } = measured.divergence;
    arm.least = Math.min(arm.least, value);
    // What was cut is known by few samples: a lesson all the same.
    arm.known.push({ recipe, value });
    arm.table = withMeasured(arm.table, recipe, value, errorOf(measured));
    return best !== before;
  };
  try {
    if (first && !ended()) await attempt(first);
    for (const arm of arms) if (!ended()) await advance(arm);
    for (const rival of rivals) {
      if (ended()) break;
      if (!tried.has(recipeKey(rival.allocation.recipe))) await attempt(rival);
    }
    for (let idle = 0; idle < PATIENCE && !ended(); ) {
      const [arm] = arms.filter((each) => !each.spent).toSorted((a, b) => a.least - b.least);
      if (!arm) break;
      idle = (await advance(arm)) ? 0 : idle + 1;
    }
    if (confirm && best && !signal.aborted) ({ best, trace } = await confirmed(trace, confirm));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const arm = arms.find(({ style }) => style.name === best?.name) ?? arms[0];
  if (!arm) throw new Error("search: no style to store weights in, expected at least one");
  const tables = arms.map(({ table }) => table);
  return { best, trace, table: arm.table, tables, stopped: signal.aborted };
}

const lossOf = ({ measured }: Weighed) => measured.divergence.value;

/** The few best on other samples: what loses least over both. */
async function confirmed(
  trace: readonly Weighed[],
  confirm: MeasureLoss,
): Promise<{ best: Weighed; trace: Weighed[] }> {
  const finalists = trace
    .filter(({ measured }) => !measured.cut)
    .toSorted((a, b) => lossOf(a) - lossOf(b))
    .slice(0, FINALISTS);
  const again: Weighed[] = [];
  for (const each of finalists) again.push({ ...each, confirmed: await confirm(each.allocation.recipe) });
  const both = ({ measured, confirmed: other }: Weighed) =>
    meanOf([...measured.each, ...(other?.each ?? [])]).mean;
  const best = again.reduce((a, b) => (both(b) < both(a) ? b : a));
  return {
    best,
    trace: trace.map((each) => again.find(({ measured }) => measured === each.measured) ?? each),
  };
}

/** Certainly more is lost than by another on the same samples. */
function isWorse(each: readonly number[], other: readonly number[]): boolean {
  if (each.length < LEAST_SAMPLES) return false;
  const { mean, error } = meanOf(each.map((value, i) => value - (other[i] as number)));
  return mean > CERTAIN * error;
}

/** Standard deviation of the logarithm of a mean. */
function errorOf({ each }: { readonly each: readonly number[]; readonly divergence: Finding }): number {
  const { mean, error } = meanOf(each);
  return mean > 0 && Number.isFinite(error) ? error / mean : 1;
}
