// What limits the choice: budgets that hold together, columns that may be used, activations, coupled layers, locks, rules.

import type { Goal } from "@bitscape/engine";
import { useId, useMemo } from "react";
import { formatTitle } from "../layers/formats.ts";
import { useAddedColumns } from "../state/addedColumns.ts";
import { limit, setMost } from "../state/budget/budget.ts";
import { resettle } from "../state/budget/solving.ts";
import { useBudget } from "../state/budget/store.ts";
import { columnsOf } from "../state/edits.ts";
import { floatKey } from "../state/rules.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { NumberField } from "../ui/NumberField.tsx";
import { goals, rounded } from "./goals.ts";
import { RulesEditor } from "./RulesEditor.tsx";
import { TimesField } from "./TimesField.tsx";

export function LimitsForm() {
  const limits = useStore((state) => state.limits);
  const fronts = useBudget((state) => state.fronts);
  const whole = useStore((state) => state.model?.bytes ?? 1);
  const labelled = useStore((state) => state.data?.labelled === true);
  const held = Object.keys(limits.most).length + limits.rules.length + limits.locks.length;
  return (
    <details className="limits">
      <summary>
        Limits{held > 0 && <span className="badge">{held}</span>}
        <span className="quiet"> {summary(limits.locks.length, limits.rules.length)}</span>
      </summary>
      <div className="limits-body">
        <fieldset>
          <legend>Budgets that hold together</legend>
          {Object.entries(goals)
            .filter(([name]) => name !== "drop" || labelled || limits.most.drop !== undefined)
            .map(([name, words]) => (
              <Held
                key={name}
                goal={name as Goal}
                value={limits.most[name as Goal]}
                start={fronts?.ends[name as Goal]?.most}
                whole={name === "bytes" ? whole : (fronts?.ends[name as Goal]?.most ?? 1)}
                words={words}
              />
            ))}
        </fieldset>
        <Columns />
        <label className="limits-check">
          <input
            type="checkbox"
            checked={limits.activations}
            onChange={(event) => changed({ activations: event.target.checked })}
          />
          Choose activations too (they take no bytes, but bit operations)
        </label>
        <label className="limits-check">
          <input
            type="checkbox"
            checked={limits.residual}
            onChange={(event) => changed({ residual: event.target.checked })}
          />
          The same bits for layers that feed one addition (HAWQ-V3)
        </label>
        {limits.locks.length > 0 && (
          <p>
            {limits.locks.length} locked: {limits.locks.slice(0, 4).join(", ")}
            {limits.locks.length > 4 && ", …"}{" "}
            <Button size="small" onClick={() => limit({ locks: [] })}>
              Unlock all
            </Button>
          </p>
        )}
        <RulesEditor />
        <TimesField />
      </div>
    </details>
  );
}

function changed(change: Parameters<typeof limit>[0]): void {
  limit(change);
  void resettle();
}

function summary(locks: number, rules: number): string {
  const parts = [locks > 0 && `${locks} locked`, rules > 0 && `${rules} ${rules === 1 ? "rule" : "rules"}`];
  return parts.filter(Boolean).join(", ") || "columns, locks, rules, budgets together";
}

interface HeldProps {
  readonly goal: Goal;
  readonly value: number | undefined;
  readonly start: number | undefined;
  readonly whole: number;
  readonly words: NonNullable<(typeof goals)[Goal]>;
}

/** One budget: on or off, and how much. */
function Held({ goal, value, start, whole, words }: HeldProps) {
  const id = useId();
  const unit = words.units[0];
  if (!unit) return null;
  return (
    <div className="limits-held">
      <input
        id={id}
        type="checkbox"
        checked={value !== undefined}
        disabled={value === undefined && start === undefined}
        onChange={(event) => {
          setMost(goal, event.target.checked ? start : undefined);
          void resettle();
        }}
      />
      <label htmlFor={id}>{words.title}, at most</label>
      {value !== undefined && (
        <>
          <NumberField
            label={`${words.title} limit`}
            value={rounded(unit.of(value, whole))}
            min={0}
            max={1e15}
            width={84}
            onChange={(typed) => {
              setMost(goal, unit.back(typed, whole));
              void resettle();
            }}
          />
          <span className="quiet">{unit.name}</span>
        </>
      )}
    </div>
  );
}

/** Which columns of weights may be used. */
function Columns() {
  const model = useStore((state) => state.model);
  const recipe = useStore((state) => state.recipe);
  const chosen = useStore((state) => state.limits.columns);
  const added = useAddedColumns((state) => state.weight);
  const all = useMemo(
    () => [
      ...columnsOf(recipe, model?.layers.map(({ id }) => id) ?? [], "weight", added).map(String),
      floatKey,
    ],
    [model, recipe, added],
  );
  const toggle = (key: string) => {
    const now = chosen ?? all;
    const next = now.includes(key) ? now.filter((each) => each !== key) : [...now, key];
    changed({ columns: all.every((each) => next.includes(each)) ? null : next });
  };
  return (
    <fieldset>
      <legend>Weights may be</legend>
      <div className="limits-columns">
        {all.map((key) => (
          <button
            key={key}
            type="button"
            className="limits-column"
            aria-pressed={chosen === null || chosen.includes(key)}
            onClick={() => toggle(key)}
          >
            {key === floatKey ? "float" : formatTitle(/^\d+$/.test(key) ? Number(key) : key)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
