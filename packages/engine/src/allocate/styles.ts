// Styles: what a width leaves open of how weights and activations are stored. An allocation in several of them finds which
// suits a network; and uniform recipes in each, to compete with what is found. A table, and no search.

import { formatFacts } from "@bitscape/quant";
import { baseSchemes, type Choice, type Recipe, schemeFor, type Target } from "../recipe.ts";
import { type Allocation, allocateBits } from "./allocate.ts";
import { type Budgets, Infeasible } from "./budgets.ts";
import { type Evidence, evidenceIn, type MeasuredCell } from "./evidence.ts";
import { FLOAT } from "./options.ts";
import type { Sized } from "./prepared.ts";
import type { Rival } from "./search.ts";
import { optionFor, type Table } from "./table.ts";

const squant: Exclude<Choice, "float"> = { symmetric: true, range: "mse", rounding: "squant" };
const activation: Choice = { range: "mse" };

/** By name, the fields that replace those that cells were measured with. */
export const styles: Readonly<Record<string, Partial<Record<Target, Choice>>>> = {
  "channel mse squant": { weight: { granularity: "channel", ...squant }, activation },
  "block 64 mse squant": { weight: { granularity: { block: 64 }, ...squant }, activation },
  "block 32 mse squant": { weight: { granularity: { block: 32 }, ...squant }, activation },
};

/**
 * Standard deviation of the logarithm of what a style loses beside another that cells were measured in: over six networks, least
 * squares and SQuant lost one to eight times less than the nearest code in the full range.
 */
export const STYLE_DOUBT = 1;

/**
 * What cells say of a style that they were not measured in: integers get its fields, other formats stay as they are.
 * @throws one sentence where nothing is left
 */
export function evidenceInStyle(
  cells: readonly MeasuredCell[],
  targets: readonly Target[],
  name: string,
): Evidence[] {
  const style = styles[name] ?? {};
  return evidenceIn(cells, targets).map((each): Evidence => {
    const { scheme, target } = each;
    const over = style[target];
    if (!over || over === "float" || formatFacts(scheme.format as string).family !== "int") return each;
    return { ...each, scheme: { ...scheme, ...over, format: scheme.format } };
  });
}

/** Of tables in several styles, the one that stores most tensors as a recipe does; the first where none is nearer. */
export function nearestStyle<T extends Table>(tables: readonly T[], recipe: Recipe): T | undefined {
  const same = ({ known }: Table) =>
    known.filter(({ id, target, options }) => {
      const scheme = schemeFor(recipe, id, target);
      const own = scheme && optionFor(recipe, id, target, options)?.evidence?.scheme;
      return own && wordsOf({ ...baseSchemes[target], ...own }) === wordsOf(scheme);
    }).length;
  return tables.toSorted((a, b) => same(b) - same(a))[0];
}

/** A scheme in words that do not depend on the order of its fields. */
function wordsOf(scheme: object): string {
  return JSON.stringify(Object.entries(scheme).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The recipes that give all weights one column, of those that keep the budgets, the rules and the locks. */
export async function rivalsOf(table: Sized, budgets: Budgets, style: string): Promise<Rival[]> {
  const weights = table.choices.filter(({ target }) => target === "weight");
  const keys = new Set(weights.flatMap(({ options }) => options.map(({ key }) => key)));
  keys.delete(FLOAT);
  const found: Rival[] = [];
  for (const key of keys) {
    const choices = table.choices.map((choice) =>
      choice.target === "weight"
        ? { ...choice, options: choice.options.filter((option) => option.key === key) }
        : choice,
    );
    if (choices.some(({ options }) => options.length === 0)) continue;
    const allocation = await within({ ...table, choices }, budgets);
    if (allocation) found.push({ name: `uniform ${key}, ${style}`, allocation });
  }
  return found;
}

async function within(table: Sized, budgets: Budgets): Promise<Allocation | undefined> {
  try {
    return await allocateBits(table, budgets);
  } catch (error) {
    if (error instanceof Infeasible) return undefined;
    throw error;
  }
}
