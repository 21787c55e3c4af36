// Shrinking measured losses towards what their layer and their column have in common: of many noisy cells the best-looking
// are chosen, and what looks best was lucky. Source: empirical Bayes as in Efron & Morris 1973, towards an additive fit of the
// logarithms (layer + column). Over five networks it takes most of what optimized recipes lost beyond random ones.

/** A cell of a table of losses. */
export interface Noisy {
  readonly row: string;
  readonly column: string;
  readonly value: number;
  /** Standard deviation of the logarithm. */
  readonly error: number;
}

// Cells are measured on the same samples: what they share of their error moves all alike, and ranks them no worse.
const OWN_PART = 0.5;
const LEAST_ROWS = 4;
const LEAST_COLUMNS = 2;

/**
 * The values, in their order, each moved towards the fit by the part of its distance from it that noise explains. Cells that
 * lose nothing stay as they are; so do all of them where the table is too small to tell noise from difference.
 */
export function shrunk(cells: readonly Noisy[]): number[] {
  const used = cells.filter(({ value }) => value > 0);
  const rows = new Set(used.map(({ row }) => row)).size;
  const columns = new Set(used.map(({ column }) => column)).size;
  const freedom = used.length - rows - columns + 1;
  const values = cells.map(({ value }) => value);
  if (rows < LEAST_ROWS || columns < LEAST_COLUMNS || freedom < rows) return values;
  const fitted = additive(used);
  const noise = ({ error }: Noisy) => OWN_PART * error * error;
  const distances = used.map((cell) => Math.log(cell.value) - fitted(cell));
  const squares = distances.reduce((sum, each) => sum + each * each, 0) / freedom;
  const noises = used.reduce((sum, each) => sum + noise(each), 0) / used.length;
  // What layers really differ by beside their fit.
  const real = Math.max(0, squares - noises);
  return cells.map((cell) => {
    if (!(cell.value > 0)) return cell.value;
    const off = Math.log(cell.value) - fitted(cell);
    const part = noise(cell) / Math.max(Number.MIN_VALUE, noise(cell) + real);
    return cell.value * Math.exp(-part * off);
  });
}

// Backfitting of two factors converges geometrically.
const ROUNDS = 50;

/** Least squares of the logarithms by a term for each row and one for each column; cells may be missing. */
function additive(cells: readonly Noisy[]): (cell: Noisy) => number {
  const [row, column] = [new Map<string, number>(), new Map<string, number>()];
  const refit = (
    terms: Map<string, number>,
    own: (cell: Noisy) => string,
    other: (cell: Noisy) => number,
  ) => {
    const sums = new Map<string, { sum: number; n: number }>();
    for (const cell of cells) {
      const at = sums.get(own(cell)) ?? { sum: 0, n: 0 };
      sums.set(own(cell), { sum: at.sum + Math.log(cell.value) - other(cell), n: at.n + 1 });
    }
    for (const [name, { sum, n }] of sums) terms.set(name, sum / n);
  };
  for (let round = 0; round < ROUNDS; round++) {
    refit(
      row,
      (cell) => cell.row,
      (cell) => column.get(cell.column) ?? 0,
    );
    refit(
      column,
      (cell) => cell.column,
      (cell) => row.get(cell.row) ?? 0,
    );
  }
  return (cell) => (row.get(cell.row) ?? 0) + (column.get(cell.column) ?? 0);
}
