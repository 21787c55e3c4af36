// What the slider is about: the goal, its range, where the recipe at hand is on it.

import { type Goal, type Recipe, recipeKey } from "@bitscape/engine";
import { useMemo, useRef } from "react";
import type { OwnMark } from "../charts/FrontChart.tsx";
import { useBudget } from "../state/budget/store.ts";
import { useStore } from "../state/store.ts";
import { type GoalWords, goals, type Range } from "./goals.ts";

export interface Sliding {
  readonly goal: Goal;
  readonly words: GoalWords;
  readonly range: Range;
  /** What the recipe at hand takes: where the slider is before there is a budget. */
  readonly now: number | null;
  /** What the float network takes. */
  readonly whole: number;
}

const keys = new WeakMap<Recipe, string>();

/** The key of the recipe at hand: made once for a recipe, which may have thousands of layers. */
export function useRecipeKey(): string {
  const recipe = useStore((state) => state.recipe);
  const known = keys.get(recipe) ?? recipeKey(recipe);
  keys.set(recipe, known);
  return known;
}

/** What is expected of the recipe at hand; null where something of it is not known. */
function useExpected() {
  const expected = useBudget((state) => state.expected);
  const key = useRecipeKey();
  return expected?.key === key ? expected.value : null;
}

function useBytes(): number | null {
  const size = useStore((state) => state.size);
  const key = useRecipeKey();
  return size?.key === key ? size.value.bytes : null;
}

/** The recipe at hand on the chart. */
export function useOwn(): OwnMark | null {
  const [known, bytes] = [useExpected(), useBytes()];
  return useMemo(() => (known && bytes !== null ? { bytes, ...known.predicted } : null), [known, bytes]);
}

export function useSliding(): Sliding | null {
  const fronts = useBudget((state) => state.fronts);
  const wanted = useStore((state) => state.limits.goal);
  const file = useStore((state) => state.model?.bytes ?? 1);
  const float = useBudget((state) => state.times?.float);
  const [known, bytes] = [useExpected(), useBytes()];
  const last = useRef<Partial<Record<Goal, number>>>({});
  return useMemo(() => {
    // Time, or accuracy, may not be known any more.
    const goal = fronts?.ends[wanted] ? wanted : "bytes";
    const [words, range] = [goals[goal], fronts?.ends[goal]];
    if (!words || !range) return null;
    const now: Readonly<Record<Goal, number | null>> = {
      bytes,
      bits: known?.bits ?? null,
      bops: known?.bops ?? null,
      loss: known?.predicted.value ?? null,
      drop: known?.drop?.value ?? null,
      seconds: known?.seconds ?? null,
    };
    const whole = goal === "bytes" ? file : goal === "seconds" ? (float ?? range.most) : range.most;
    // Of a new recipe it is known a moment later: until then the slider stays where it was.
    const at = now[goal] ?? last.current[goal] ?? null;
    if (at !== null) last.current[goal] = at;
    return { goal, words, range, now: at, whole };
  }, [fronts, wanted, file, float, known, bytes]);
}
