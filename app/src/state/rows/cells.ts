// What a group of layers shows in place of a cell: the worst of its layers' losses or their sum, and the bits they have chosen.
// Pure, and remembered for as long as what is known stays the same: several views ask for the same group.

import type { Cell, Finding, LayerSummary, Recipe, Target } from "@bitscape/engine";
import { type Bits, chosenBits, type floating, has } from "../edits.ts";
import { type Cells, cellKey, isFailed, type Predictions, shown } from "../sweep/known.ts";

/** How a group's cell is made of its layers': the greatest loss, or all of them added (as if errors did not interact). */
export type Sharing = "worst" | "sum";

export interface GroupCell {
  /** Of the group as a whole; absent where no layer's cell is known. Failed where all that are known failed. */
  readonly cell: Cell | undefined;
  /** Layers whose cell is known. */
  readonly known: number;
  /** Layers that have such a cell. */
  readonly of: number;
}

/** A group's cell at a column, out of its layers' cells; the same layers must be given as the same array. */
export function groupCell(
  layers: readonly LayerSummary[],
  target: Target,
  bits: Exclude<Bits, typeof floating>,
  { cells, predictions, sharing }: Readonly<{ cells: Cells; predictions: Predictions; sharing: Sharing }>,
): GroupCell {
  const remembered = memory(remembering(cells, predictions), layers);
  const key = `${sharing} ${target} ${bits}`;
  const before = remembered.get(key);
  if (before) return before;
  if (cells.size === 0 && predictions.size === 0) {
    return { cell: undefined, known: 0, of: layers.filter((layer) => has(layer, target)).length };
  }
  const found: Cell[] = [];
  const keys = keysOf(layers, target, bits);
  for (const each of keys) {
    const cell = shown(each, cells, predictions);
    if (cell) found.push(cell);
  }
  const cell = { cell: shared(found, target, bits, sharing), known: found.length, of: keys.length };
  remembered.set(key, cell);
  return cell;
}

/** One cell for several. Its interval takes all errors to lie on the same side: wider than any that could be proved. */
export function shared(
  cells: readonly Cell[],
  target: Target,
  bits: Exclude<Bits, typeof floating>,
  sharing: Sharing,
): Cell | undefined {
  const whole = cells.filter((cell) => !isFailed(cell));
  const [first] = whole;
  if (!first) return cells[0];
  const worst = whole.reduce((a, b) => (b.finding.value > a.finding.value ? b : a), first);
  const total = (of: "value" | "low" | "high") => whole.reduce((sum, { finding }) => sum + finding[of], 0);
  const finding: Finding = {
    ...(sharing === "worst"
      ? worst.finding
      : { ...first.finding, value: total("value"), low: total("low"), high: total("high") }),
    n: whole.reduce((least, { finding }) => Math.min(least, finding.n), Number.POSITIVE_INFINITY),
    source: whole.every(({ finding }) => finding.source === "measured") ? "measured" : "predicted",
  };
  return { layer: worst.layer, target, bits, finding, drop: null };
}

/** The bits that a group's layers have chosen, and by how many of them. */
export function groupChoice(
  recipe: Recipe,
  layers: readonly LayerSummary[],
  target: Target,
): ReadonlyMap<Bits, number> {
  const remembered = choices.get(recipe) ?? new WeakMap();
  choices.set(recipe, remembered);
  const both: Record<string, ReadonlyMap<Bits, number>> = remembered.get(layers) ?? {};
  remembered.set(layers, both);
  const before = both[target];
  if (before) return before;
  const uses = new Map<Bits, number>();
  for (const layer of layers) {
    if (!has(layer, target)) continue;
    const bits = chosenBits(recipe, layer.id, target);
    uses.set(bits, (uses.get(bits) ?? 0) + 1);
  }
  both[target] = uses;
  return uses;
}

/** How many layers a choice is of. */
export const choosers = (choice: ReadonlyMap<Bits, number>) =>
  [...choice.values()].reduce((sum, count) => sum + count, 0);

const choices = new WeakMap<Recipe, WeakMap<object, Record<string, ReadonlyMap<Bits, number>>>>();
const groupCells = new WeakMap<Cells, WeakMap<Predictions, WeakMap<object, Map<string, GroupCell>>>>();
const names = new WeakMap<object, Map<string, readonly string[]>>();

function remembering(cells: Cells, predictions: Predictions): WeakMap<object, Map<string, GroupCell>> {
  const ofCells = groupCells.get(cells) ?? new WeakMap();
  groupCells.set(cells, ofCells);
  const found = ofCells.get(predictions) ?? new WeakMap();
  ofCells.set(predictions, found);
  return found;
}

function memory<T>(
  remembered: WeakMap<object, Map<string, T>>,
  layers: readonly LayerSummary[],
): Map<string, T> {
  const found = remembered.get(layers) ?? new Map<string, T>();
  remembered.set(layers, found);
  return found;
}

/** Names of the cells of a column; joining them anew for thousands of layers at every flush would take its time. */
function keysOf(
  layers: readonly LayerSummary[],
  target: Target,
  bits: Exclude<Bits, typeof floating>,
): readonly string[] {
  const known = memory(names, layers);
  const column = `${target} ${bits}`;
  const found =
    known.get(column) ??
    layers.filter((layer) => has(layer, target)).map(({ id }) => cellKey(id, target, bits));
  known.set(column, found);
  return found;
}
