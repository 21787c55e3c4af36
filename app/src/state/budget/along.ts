// What lies along the front: the recipe of a point that is looked at, and taking one. Solving is budget/solving.ts's.

import { type Recipe, schemeFor } from "@bitscape/engine";
import { create } from "zustand";
import { sameStudy } from "../connection.ts";
import { type Bits, bitsOf, floating, storageBits } from "../edits.ts";
import { latest } from "../latest.ts";
import { report } from "../notices.ts";
import { get } from "../store.ts";
import { endGesture } from "../study.ts";
import { limit, setMost } from "./budget.ts";
import { apply, budgetsWith, settle, sizeOf, solver } from "./solving.ts";

/** A point of the front's chart: of the front by its size, or a recipe that is known. */
export type Point = { readonly bytes: number } | { readonly recipe: Recipe };

export interface Looked {
  readonly point: Point;
  /** Mean bits of the allocated weights; null where only the recipe is known. */
  readonly bits: number | null;
  /** How many layers' weights have each column, the commonest first. */
  readonly uses: readonly (readonly [column: Bits, layers: number])[];
}

/** What is looked at, once it is known. */
export const useAlong = create<{ readonly looked: Looked | null }>()(() => ({ looked: null }));

// A pointer that crosses the chart asks for nothing on its way.
const REST = 60;

/** A little more than a point's own estimate, so that its own recipe keeps it. */
const budgetAt = (bytes: number) => Math.ceil(bytes) + 64;

const ask = latest<Point>(async (point, signal) => {
  const looked = await lookedAt(point).catch(() => null);
  if (!signal.aborted) useAlong.setState({ looked });
}, REST);

/** Looks at a point; null looks away. */
export function look(point: Point | null): void {
  useAlong.setState({ looked: null });
  if (point) ask.ask(point);
  else ask.stop();
}

async function lookedAt(point: Point): Promise<Looked | null> {
  if ("recipe" in point) return { point, bits: null, uses: usesOf(point.recipe) };
  const found = await solver().draft({ bytes: budgetAt(point.bytes) });
  return "refused" in found ? null : { point, bits: found.bits, uses: usesOf(found.recipe) };
}

/** How many layers' weights have each column, the commonest first. */
export function usesOf(recipe: Recipe): Looked["uses"] {
  const counts = new Map<Bits, number>();
  for (const { id, weights } of get().model?.layers ?? []) {
    if (weights.length === 0) continue;
    const bits = bitsOf(schemeFor(recipe, id, "weight"));
    counts.set(bits, (counts.get(bits) ?? 0) + 1);
  }
  const width = (bits: Bits) => (bits === floating ? 32 : storageBits(bits));
  return [...counts].sort((a, b) => b[1] - a[1] || width(a[0]) - width(b[0]));
}

let taken = 0;

/** Makes a point the present recipe, as one step of undo. */
export function take(point: Point): void {
  if ("recipe" in point) {
    apply(point.recipe, `taken ${++taken}`);
    endGesture();
    return;
  }
  void taking(point.bytes).catch(report);
}

async function taking(bytes: number): Promise<void> {
  const same = sameStudy();
  const found = await solver().draft(budgetsWith("bytes", budgetAt(bytes)));
  // The words of its recipe lie in the file too.
  const most = "refused" in found ? budgetAt(bytes) : (await sizeOf(found.recipe)).bytes;
  if (!same()) return;
  limit({ goal: "bytes" });
  setMost("bytes", most);
  await settle(budgetsWith("bytes", most));
}
