// What is budgeted: size, bits, operations, loss, accuracy, time.

import type { Goal } from "@bitscape/engine";
import { memo } from "react";
import { limit } from "../state/budget/budget.ts";
import { useBudget } from "../state/budget/store.ts";
import { useStore } from "../state/store.ts";
import { Segments } from "../ui/Segments.tsx";
import { goals } from "./goals.ts";

/** Not drawn again while the slider moves. */
export const GoalMenu = memo(function GoalMenu({ goal }: { readonly goal: Goal }) {
  const ends = useBudget((state) => state.fronts?.ends);
  const labelled = useStore((state) => state.data?.labelled === true);
  // Time is a goal once it is known, accuracy where there are labels.
  const offered: Partial<Record<Goal, boolean>> = { seconds: ends?.seconds !== undefined, drop: labelled };
  const goalOptions = Object.entries(goals)
    .filter(([name]) => offered[name as Goal] !== false || goal === name)
    .map(([value, { title, label }]) => {
      const disabled = ends?.[value as Goal] === undefined;
      return { value, text: title, disabled, help: disabled ? `${label}: not known yet` : label };
    });
  return (
    <Segments
      label="What is budgeted"
      value={goal}
      options={goalOptions}
      onChange={(name) => limit({ goal: name as Goal })}
    />
  );
});
