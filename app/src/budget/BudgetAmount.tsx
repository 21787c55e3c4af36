// The budget as a number, in a unit of choice.

import { memo, useState } from "react";
import { NumberField } from "../ui/NumberField.tsx";
import { Select } from "../ui/Select.tsx";
import { rest, useSlid } from "./BudgetSlider.tsx";
import { rounded, type Unit } from "./goals.ts";
import type { Sliding } from "./useSliding.ts";

export function BudgetAmount({ goal, words, range, now, whole }: Sliding) {
  const value = useSlid(goal) ?? now ?? range.most;
  const [chosen, choose] = useState(words.units[0] as Unit);
  const unit = words.units.find(({ name }) => name === chosen.name) ?? (words.units[0] as Unit);
  return (
    <span className="budget-number">
      <NumberField
        label={`${words.title}, at most`}
        value={rounded(unit.of(value, whole))}
        min={0}
        max={1e15}
        width={68}
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
