// What the user asked for: the recipe with its history, the selection, the filter. Not what is known of it (session.ts).

import type { LayerSummary, Recipe, Target } from "@bitscape/engine";
import type { Limits } from "./budget/limits.ts";
import {
  type Bits,
  type Scheme,
  withBits,
  withoutOwn,
  withPreprocess,
  withPreset,
  withScheme,
} from "./edits.ts";
import { get, set } from "./store.ts";

const depth = 200;
let gesture: string | null = null;

/** Makes a recipe the present one. Edits of one gesture (a drag, a field being typed in) are one step of undo. */
export function edit(recipe: Recipe, of: string | null = null): void {
  const { recipe: before, past } = get();
  if (recipe === before || JSON.stringify(recipe) === JSON.stringify(before)) return;
  const goesOn = of !== null && of === gesture;
  gesture = of;
  set({ recipe, past: goesOn ? past : [...past, before].slice(-depth), future: [] });
}

/** Ends a gesture: the next edit is a step of its own. */
export function endGesture(): void {
  gesture = null;
}

export function undo(): void {
  const { recipe, past, future, limits } = get();
  const before = past.at(-1);
  if (!before) return;
  gesture = null;
  set({
    recipe: withPreprocess(before, recipe.preprocess),
    past: past.slice(0, -1),
    future: [recipe, ...future],
    limits: withoutOwnBudget(limits),
  });
}

export function redo(): void {
  const { recipe, past, future, limits } = get();
  const [after, ...others] = future;
  if (!after) return;
  gesture = null;
  set({
    recipe: withPreprocess(after, recipe.preprocess),
    past: [...past, recipe],
    future: others,
    limits: withoutOwnBudget(limits),
  });
}

/** The slider's own budget is of the recipe that is left: it is then where the recipe at hand is. Those beside it hold on. */
function withoutOwnBudget(limits: Limits): Limits {
  const { [limits.goal]: own, ...most } = limits.most;
  return own === undefined ? limits : { ...limits, most };
}

export function chooseBits(
  ids: readonly string[],
  target: Target,
  bits: Bits,
  of: string | null = null,
): void {
  edit(withBits(get().recipe, layersOf(ids), target, bits), of);
}

export function chooseScheme(
  ids: readonly string[],
  target: Target,
  scheme: Scheme | undefined,
  of: string | null = null,
): void {
  edit(withScheme(get().recipe, layersOf(ids), target, scheme), of);
}

export function reset(ids: readonly string[], target: Target): void {
  edit(withoutOwn(get().recipe, layersOf(ids), target));
}

export function applyPreset(preset: string): void {
  edit(withPreset(get().recipe, preset));
}

export function select(layer: string | null, extend = false): void {
  if (layer === null) set({ selected: null, rangeEnd: null });
  else if (extend && get().selected) set({ rangeEnd: layer });
  else set({ selected: layer, rangeEnd: null });
}

export const showTarget = (target: Target) => set({ target });

export const setFilter = (filter: string) => set({ filter });

/** Rows whose name or operator contains the filter's words. */
export function matching(layers: readonly LayerSummary[], filter: string): readonly LayerSummary[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return layers;
  return layers.filter(({ id, op, depthwise }) => {
    const text = `${id} ${op}${depthwise ? " depthwise" : ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The selected rows, from one end of the range to the other, in the order that the filter leaves. */
export function selectedIds(
  rows: readonly LayerSummary[],
  selected: string | null,
  rangeEnd: string | null,
): string[] {
  if (selected === null) return [];
  const from = rows.findIndex(({ id }) => id === selected);
  const to = rangeEnd === null ? from : rows.findIndex(({ id }) => id === rangeEnd);
  if (from < 0 || to < 0) return [selected];
  return rows.slice(Math.min(from, to), Math.max(from, to) + 1).map(({ id }) => id);
}

function layersOf(ids: readonly string[]): LayerSummary[] {
  const wanted = new Set(ids);
  return (get().model?.layers ?? []).filter(({ id }) => wanted.has(id));
}
