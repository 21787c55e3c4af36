// The slider of one budget, and the same as a number: while it moves the allocation is solved and shown at every frame, where
// it rests the answer becomes the recipe.

import type { Goal } from "@bitscape/engine";
import { Slider } from "radix-ui";
import { memo, useEffect, useRef, useState } from "react";
import { limit, setMost } from "../state/budget.ts";
import { budgetsWith, drag, letGo, settle } from "../state/budgetSolving.ts";
import { useBudget } from "../state/budgetStore.ts";
import { useStore } from "../state/store.ts";
import { NumberField } from "../ui/NumberField.tsx";
import { Segments } from "../ui/Segments.tsx";
import { Select } from "../ui/Select.tsx";
import { type GoalWords, goals, type Range, rounded, stepOf, steps, type Unit, valueAt } from "./goals.ts";

interface Props {
  readonly goal: Goal;
  readonly words: GoalWords;
  readonly range: Range;
  /** What the recipe at hand takes: where the slider is before there is a budget. */
  readonly now: number | null;
  /** What the float network takes. */
  readonly whole: number;
}

// A key that is held down is one edit: so long after its last step the slider rests.
const REST = 350;

export function BudgetSlider({ goal, words, range, now, whole }: Props) {
  const most = useStore((state) => state.limits.most[goal]);
  const dragged = useBudget((state) => state.dragged?.[goal]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const keyed = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const value = dragged ?? most ?? now ?? range.most;
  const at = ([step = 0]: readonly number[]) => valueAt(step, range, words.log);
  return (
    <div className="budget-slider">
      <div className="budget-slider-head">
        <GoalMenu goal={goal} />
        <Amount goal={goal} words={words} value={value} whole={whole} />
      </div>
      <Slider.Root
        className="slider"
        min={0}
        max={steps}
        step={1}
        value={[stepOf(value, range, words.log)]}
        onValueChange={(place) => drag(budgetsWith(goal, at(place)))}
        onValueCommit={(place) => {
          clearTimeout(timer.current);
          timer.current = setTimeout(() => rest(goal, at(place)), keyed.current ? REST : 0);
        }}
        onKeyDownCapture={() => {
          keyed.current = true;
        }}
        onPointerDownCapture={() => {
          keyed.current = false;
          clearTimeout(timer.current);
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
    </div>
  );
}

function rest(goal: Goal, value: number): void {
  setMost(goal, value);
  void settle(budgetsWith(goal, value));
}

/** Not drawn again while the slider moves. */
const GoalMenu = memo(function GoalMenu({ goal }: { readonly goal: Goal }) {
  const ends = useBudget((state) => state.fronts?.ends);
  // Time is a goal once it is known.
  const goalOptions = Object.entries(goals)
    .filter(([name]) => name !== "seconds" || ends?.seconds || goal === name)
    .map(([value, { title }]) => ({ value, text: title }));
  return (
    <Segments
      label="What is budgeted"
      value={goal}
      options={goalOptions}
      onChange={(name) => limit({ goal: name as Goal })}
    />
  );
});

/** The budget as a number, in a unit of choice. */
function Amount({
  goal,
  words,
  value,
  whole,
}: Pick<Props, "goal" | "words" | "whole"> & { readonly value: number }) {
  const [chosen, choose] = useState(words.units[0] as Unit);
  const unit = words.units.find(({ name }) => name === chosen.name) ?? (words.units[0] as Unit);
  return (
    <span className="budget-number">
      <NumberField
        label={`${words.title}, at most`}
        value={rounded(unit.of(value, whole))}
        min={0}
        max={1e15}
        width={84}
        onChange={(typed) => rest(goal, unit.back(typed, whole))}
      />
      <UnitMenu units={words.units} unit={unit} onChange={choose} />
    </span>
  );
}

interface UnitMenuProps {
  readonly units: readonly Unit[];
  readonly unit: Unit;
  readonly onChange: (unit: Unit) => void;
}

const UnitMenu = memo(function UnitMenu({ units, unit, onChange }: UnitMenuProps) {
  if (units.length === 1) return <span className="quiet">{unit.name}</span>;
  return (
    <Select
      label="Unit of the budget"
      value={unit.name}
      options={units.map(({ name }) => ({ value: name, text: name }))}
      onChange={(name) => onChange(units.find((each) => each.name === name) ?? unit)}
    />
  );
});
