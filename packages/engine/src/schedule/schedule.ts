// Schedule: which cell is measured next, and on how many draws. Runs are spent where they decide: first where prediction
// is only a hint or there is none, then on those of them that their neighbours in the column cannot be told from, doubling; then
// each cell gets a few; then what is still disputed gets more, where a run tells most. Cells that are clearly harmless are
// left at a few. Pure: it sees values and gives numbers.

import { SCATTER } from "./standing.ts";

export interface Contender {
  /** Cells that are ranked against each other. */
  readonly column: string;
  /** As it is known so far; NaN where it is not. */
  readonly value: number;
  /** Standard deviation of its logarithm. */
  readonly spread: number;
  /** What it was before any draw: of the prediction; Infinity where there is none. */
  readonly guessSpread: number;
  /** Draws so far. */
  readonly draws: number;
  /** Draws at which all is measured. */
  readonly cap: number;
  /** Somebody waits for it. */
  readonly urgent: boolean;
}

/** Draws that a cell gets to begin with. */
export const FIRST = 8;

// Above it a prediction is only a hint (second order no longer holds), and a few samples say more.
const HINT = 0.3;
// A cell that is known so well gives way to those that are not.
const CLEAR = 0.15;
// What is lost at most beside the worst cell of all, where no decision depends on who is worse.
const HARMLESS = 0.01;

/** Draws to bring a cell to, the next time it is its turn. */
export function nextDraws({ draws, cap }: Pick<Contender, "draws" | "cap">): number {
  return Math.min(cap, draws === 0 ? FIRST : 2 * draws);
}

/** The index of the cell to measure next; undefined where nothing is left to decide. */
export function choose(cells: readonly Contender[]): number | undefined {
  const open = cells.flatMap((cell, i) => (cell.draws < cell.cap ? [i] : []));
  const disputed = disputes(cells);
  let best: number | undefined;
  let bestRank: readonly number[] = [];
  for (const i of open) {
    const rank = rankOf(cells[i] as Contender, disputed[i] as number);
    if (rank && (best === undefined || isBefore(rank, bestRank))) {
      best = i;
      bestRank = rank;
    }
  }
  return best;
}

/** Draws that are still to come as things stand: what each open cell gets at its next turn. */
export function outstanding(cells: readonly Contender[]): number {
  const disputed = disputes(cells);
  return cells.reduce(
    (sum, cell, i) =>
      cell.draws < cell.cap && rankOf(cell, disputed[i] as number) ? sum + nextDraws(cell) - cell.draws : sum,
    0,
  );
}

/** Smaller comes first; undefined for a cell that needs no more. */
function rankOf(cell: Contender, dispute: number): readonly number[] | undefined {
  const { draws, guessSpread, spread, value, urgent } = cell;
  const wait = urgent ? 0 : 1;
  if (draws === 0 && guessSpread > HINT) return [0, wait, -guessSpread, -value || 0];
  if (dispute > 0 && draws > 0 && spread > CLEAR) return [1, wait, -gain(cell)];
  if (draws === 0) return [2, wait, -value || 0];
  return dispute > 0 ? [3, wait, -gain(cell)] : undefined;
}

/** By how much a run of the next turn lowers the variance of the cell's logarithm. */
function gain(cell: Contender): number {
  const { spread, draws } = cell;
  const runs = nextDraws(cell) - draws;
  const variance = Math.min(spread, MOST) ** 2;
  return (variance - 1 / (1 / variance + runs / SCATTER ** 2)) / runs;
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  for (const [i, x] of a.entries()) if (x !== b[i]) return x < (b[i] ?? Number.POSITIVE_INFINITY);
  return false;
}

/** For each cell by how much, in logarithms, it is not told from its neighbours in rank; 0 where it is. */
function disputes(cells: readonly Contender[]): number[] {
  const found = new Array<number>(cells.length).fill(0);
  const worst = cells.reduce((most, { value }) => Math.max(most, value || 0), 0);
  const columns = new Map<string, number[]>();
  for (const [i, { column, value }] of cells.entries()) {
    if (!(value > 0)) continue;
    const known = columns.get(column);
    if (known) known.push(i);
    else columns.set(column, [i]);
  }
  for (const members of columns.values()) {
    const at = (i: number) => cells[i] as Contender;
    members.sort((a, b) => at(a).value - at(b).value);
    for (let k = 0; k + 1 < members.length; k++) {
      const [lower, upper] = [members[k] as number, members[k + 1] as number];
      // Whoever of two harmless cells is worse, both may be as narrow as can be.
      if (at(upper).value * Math.exp(Z * Math.min(at(upper).spread, MOST)) <= HARMLESS * worst) continue;
      const unclear = Z * Math.min(MOST, Math.hypot(at(lower).spread, at(upper).spread));
      const shared = Math.max(0, unclear - Math.log(at(upper).value / at(lower).value));
      found[lower] = Math.max(found[lower] as number, shared);
      found[upper] = Math.max(found[upper] as number, shared);
    }
  }
  return found;
}

const Z = 1.959964;
// e^10 is as unclear as anything.
const MOST = 5;
