// Lessons: what measured joint recipes say of the layers' shares. Each layer's losses get a factor; the factors' prior is 1,
// and joint losses are their noisy sums: Bayesian linear regression in its dual form (Bishop 2006, eqs. 3.53 and 6.9), for few
// recipes and many layers. A layer that recipes lost more with than was expected is dearer from then on.

import type { TensorChoice } from "./options.ts";
import { posteriorOf } from "./process.ts";
import type { MeasuredRecipe } from "./setting.ts";
import { partsOfRecipe, type Table } from "./table.ts";

// How far a layer's factor may be from 1, and how far a joint loss from its sum, relative: both standard deviations.
const FACTOR = 0.7;
const NOISE = 0.1;
/** Factors are kept within: what was measured of a layer alone is not nothing. */
const [LEAST, MOST] = [0.2, 5];

/** A table with losses as measured recipes suggest them. */
export function taught<T extends Table>(table: T, measured: readonly MeasuredRecipe[]): T {
  const factors = factorsOf(table, measured);
  if (factors.every((factor) => factor === 1)) return table;
  const at = new Map(table.known.map(({ id, target }, i) => [`${target} ${id}`, factors[i] as number]));
  const scaled = (choice: TensorChoice): TensorChoice => {
    const factor = at.get(`${choice.target} ${choice.id}`) ?? 1;
    const options = choice.options.map((option) => ({ ...option, value: factor * option.value }));
    return { ...choice, options };
  };
  // The factors carry what the one correction of all predictions would say again.
  return { ...table, known: table.known.map(scaled), choices: table.choices.map(scaled), measured: [] };
}

/** A factor for every tensor of `known`. */
export function factorsOf(table: Table, measured: readonly MeasuredRecipe[]): number[] {
  const fixed = (table.options.fixed ?? []).reduce((sum, { value }) => sum + value, 0);
  const rows = measured.flatMap(({ recipe, value }): Row[] => {
    const parts = partsWhereKnown(table, recipe);
    const sum = parts?.reduce((total, part) => total + part, 0) ?? 0;
    // In units of what was expected, so that small and large losses count alike.
    return parts && sum > 0
      ? [{ shares: parts.map((part) => part / sum), rest: (value - fixed) / sum - 1 }]
      : [];
  });
  const ones = table.known.map(() => 1);
  if (rows.length === 0) return ones;
  const { weights } = posteriorOf(
    (i, j) => FACTOR ** 2 * dot((rows[i] as Row).shares, (rows[j] as Row).shares),
    rows.map(() => NOISE ** 2),
    rows.map(({ rest }) => rest),
  );
  return ones.map((one, i) => {
    const change = rows.reduce(
      (sum, { shares }, k) => sum + (shares[i] as number) * (weights[k] as number),
      0,
    );
    return Math.max(LEAST, Math.min(MOST, one + FACTOR ** 2 * change));
  });
}

function partsWhereKnown(table: Table, recipe: MeasuredRecipe["recipe"]): number[] | undefined {
  try {
    return partsOfRecipe(table, recipe).map(({ value }) => value);
  } catch {
    return undefined;
  }
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

interface Row {
  readonly shares: readonly number[];
  readonly rest: number;
}
