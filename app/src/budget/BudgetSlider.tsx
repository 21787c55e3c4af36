// The slider of one budget: while it moves the allocation is solved and shown at every frame, where
// it rests the answer becomes the recipe.

import type { Goal } from "@bitscape/engine";
import { Slider } from "radix-ui";
import { useEffect, useRef } from "react";
import { setMost } from "../state/budget/budget.ts";
import { budgetsWith, drag, letGo, settle } from "../state/budget/solving.ts";
import { useBudget } from "../state/budget/store.ts";
import { useStore } from "../state/store.ts";
import { stepOf, steps, valueAt } from "./goals.ts";
import type { Sliding } from "./useSliding.ts";

// A key that is held down is one edit: so long after its last step the slider rests.
const REST = 350;

/** Where the slider has been put: while it moves, or where it rests; undefined where it never was. */
export function useSlid(goal: Goal): number | undefined {
  const most = useStore((state) => state.limits.most[goal]);
  const dragged = useBudget((state) => state.dragged?.[goal]);
  return dragged ?? most;
}

export function BudgetSlider({ goal, words, range, now }: Sliding) {
  const slid = useSlid(goal);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const keyed = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const value = slid ?? now ?? range.most;
  const at = ([step = 0]: readonly number[]) => valueAt(step, range, words.log);
  return (
    <Slider.Root
      className="slider"
      min={0}
      max={steps}
      step={1}
      value={[stepOf(value, range, words.log)]}
      onValueChange={(place) => drag(budgetsWith(goal, at(place)))}
      onValueCommit={(place) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(
          () => {
            timer.current = undefined;
            rest(goal, at(place));
          },
          keyed.current ? REST : 0,
        );
      }}
      onKeyDownCapture={(event) => {
        keyed.current = true;
        const undoes = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey;
        if (!undoes || timer.current === undefined) return;
        // What has not come to rest yet is what is taken back, not the edit before it.
        event.preventDefault();
        event.stopPropagation();
        clearTimeout(timer.current);
        timer.current = undefined;
        letGo();
      }}
      onPointerDownCapture={() => {
        keyed.current = false;
        clearTimeout(timer.current);
        timer.current = undefined;
      }}
      // Back where it began, nothing is committed.
      onPointerUp={() => requestAnimationFrame(letGo)}
      onPointerCancel={letGo}
    >
      <Slider.Track className="slider-track">
        <Slider.Range className="slider-range" />
      </Slider.Track>
      <Slider.Thumb className="slider-thumb" aria-label={words.label} aria-valuetext={words.text(value)} />
    </Slider.Root>
  );
}

/** A budget, and what comes of it. */
export function rest(goal: Goal, value: number): void {
  setMost(goal, value);
  void settle(budgetsWith(goal, value));
}
