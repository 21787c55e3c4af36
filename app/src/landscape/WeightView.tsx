// The loss in weight space: from float to quantized along a line, or in a plane, the same directions for float and for each
// bit-width side by side, so that "quantizing makes it steeper" is seen.

import type { WeightSlice } from "@bitscape/engine";
import { useEffect } from "react";
import { put, useLandscape, type WeightAsked } from "../state/landscape/landscape.ts";
import { askWeight, weightKey } from "../state/landscape/slices.ts";
import { cancelTask } from "../state/landscape/tasks.ts";
import { isQuantized, sliceWidths, tensorsOf } from "../state/landscape/tensors.ts";
import { useStore } from "../state/store.ts";
import { NumberField } from "../ui/NumberField.tsx";
import { PanelState } from "../ui/PanelState.tsx";
import { Segments } from "../ui/Segments.tsx";
import { TaskState } from "./TaskState.tsx";
import { WeightPath } from "./WeightPath.tsx";
import { WeightPlanes } from "./WeightPlanes.tsx";

const axesWords: Readonly<Record<WeightAsked["directions"], string>> = {
  path: "A straight line through weight space: 0 is the float weights, 1 the quantized ones. Beyond 1 the rounding errors are exaggerated. A flat line means that there is room to round.",
  random:
    "Two random directions, the same for every picture. Each filter's step has the filter's own norm: 1 is noise as large as the filter itself. A wide bowl of low loss is flat; steep walls near the centre are what rounding runs into.",
  hessian:
    "The two directions in which the float network's loss bends most, each filter's step scaled to the filter's own norm. The steepest plane there is: rounding errors that lie in it hurt.",
};

export function WeightView() {
  const recipe = useStore((state) => state.recipe);
  const layers = useStore((state) => state.model?.layers);
  const back = useStore((state) => state.lost === null || state.lost.back);
  const asked = useLandscape((state) => state.weightAsked);
  const task = useLandscape((state) => state.weight);
  const key = weightKey(recipe, asked);
  const choose = (change: Partial<WeightAsked>) => put({ weightAsked: { ...asked, ...change } });
  // Nobody looks at it any more; asked again, it goes on from there.
  useEffect(() => () => cancelTask("weight"), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another recipe only when asked for
  useEffect(() => {
    const { weight } = useLandscape.getState();
    const current = weight.valueKey === key && (weight.phase === "done" || weight.phase === "running");
    if (back && !current) askWeight(asked);
  }, [asked, back]);
  const hasRecipe = tensorsOf(layers ?? [], recipe).some(
    (of) => of.target === "weight" && isQuantized(recipe, of),
  );
  // A path and a plane are not drawn alike: the old one goes when the other is asked for.
  const slice =
    task.value && isPath(task.value.slice) === (asked.directions === "path") ? task.value.slice : null;
  const stale = task.valueKey !== key;
  return (
    <div className="landscape-view">
      <div className="landscape-controls">
        <Segments
          label="Directions"
          value={asked.directions}
          options={[
            { value: "path", text: "float to quantized" },
            { value: "random", text: "random plane" },
            { value: "hessian", text: "steepest plane" },
          ]}
          onChange={(value) => choose({ directions: value as WeightAsked["directions"] })}
        />
        <span className="landscape-field">
          <span className="quiet">beside float</span>
          <BitsChoice asked={asked} hasRecipe={hasRecipe} onChange={(bits) => choose({ bits })} />
        </span>
        {asked.directions !== "path" && (
          <span className="landscape-field">
            <span className="quiet">seed</span>
            <NumberField
              label="Seed of the directions"
              value={asked.seed}
              min={0}
              max={9999}
              whole
              onChange={(seed) => choose({ seed })}
            />
            <span className="quiet">reach</span>
            <Segments
              label="Half-width of the plane in filter norms"
              value={String(asked.radius)}
              options={[0.1, 0.25, 0.5, 1].map((radius) => ({ value: String(radius), text: `±${radius}` }))}
              onChange={(radius) => choose({ radius: Number(radius) })}
            />
          </span>
        )}
      </div>
      <p className="quiet landscape-hint">{axesWords[asked.directions]}</p>
      <TaskState
        task={task}
        what="Walking through weight space"
        stale={stale}
        action="Draw"
        onAsk={() => askWeight(asked)}
        onCancel={() => cancelTask("weight")}
      />
      {!slice ? (
        <div className="landscape-empty">
          <PanelState kind={task.phase === "running" ? "loading" : "empty"}>
            {task.phase === "running" ? "The first picture is on its way…" : "No slice yet."}
          </PanelState>
        </div>
      ) : isPath(slice) ? (
        <WeightPath slice={slice} stale={stale} />
      ) : (
        <WeightPlanes slice={slice} stale={stale} />
      )}
    </div>
  );
}

const isPath = ({ axes }: WeightSlice) => axes.length === 1;

interface BitsProps {
  readonly asked: WeightAsked;
  readonly hasRecipe: boolean;
  readonly onChange: (bits: WeightAsked["bits"]) => void;
}

/** Any number of widths; at least one stays. */
function BitsChoice({ asked: { bits }, hasRecipe, onChange }: BitsProps) {
  const all: readonly (number | "recipe")[] = [...(hasRecipe ? (["recipe"] as const) : []), ...sliceWidths];
  return (
    <fieldset className="segments bits-choice" aria-label="Bits beside float">
      {all.map((each) => {
        const chosen = bits.includes(each);
        return (
          <button
            key={each}
            type="button"
            className="segment"
            aria-pressed={chosen}
            data-state={chosen ? "active" : undefined}
            disabled={chosen && bits.length === 1}
            onClick={() =>
              onChange(
                chosen
                  ? bits.filter((other) => other !== each)
                  : all.filter((x) => x === each || bits.includes(x)),
              )
            }
          >
            {each === "recipe" ? "recipe’s" : each}
          </button>
        );
      })}
    </fieldset>
  );
}
