// The slice over the clips of two tensors: choosing them, the picture with its crosshair, and what it means.

import { useEffect, useMemo } from "react";
import { type Field, filled, logarithmic } from "../charts/field.ts";
import { followRecipe, readOff, reread, stepField } from "../state/landscape/crosshair.ts";
import { useLandscape } from "../state/landscape/landscape.ts";
import { askStep, type StepAsked, stepAsked, stepKey } from "../state/landscape/slices.ts";
import { cancelTask } from "../state/landscape/tasks.ts";
import { get, useStore } from "../state/store.ts";
import { PanelState } from "../ui/PanelState.tsx";
import { StepControls } from "./StepControls.tsx";
import { StepPicture } from "./StepPicture.tsx";
import { StepReading } from "./StepReading.tsx";
import { TaskState } from "./TaskState.tsx";
import { pictureStyle, usePictureSide } from "./usePictureSide.ts";

export function StepView() {
  const asked = useAsked();
  if (!asked) return <p className="quiet">This network has fewer than two tensors to quantize.</p>;
  return <Slice asked={asked} />;
}

/** What the panel's choices and the study ask for; the same record as long as it says the same. */
function useAsked(): StepAsked | null {
  useLandscape(({ pair }) => pair);
  useLandscape(({ bits }) => bits);
  useLandscape(({ scale }) => scale);
  useLandscape(({ samples }) => samples);
  const written = useStore((state) => JSON.stringify(stepAsked(state)));
  return useMemo(() => JSON.parse(written) as StepAsked | null, [written]);
}

function Slice({ asked }: { readonly asked: StepAsked }) {
  const recipe = useStore((state) => state.recipe);
  const back = useStore((state) => state.lost === null || state.lost.back);
  const task = useLandscape((state) => state.step);
  const key = stepKey(recipe, get().model?.layers ?? [], asked);
  const drawn = task.value;
  const field = useMemo(() => denseField(drawn), [drawn]);
  // Of other tensors or bits: nothing of it can be read here. Of another recipe: stale.
  const about = isAbout(task.valueKey, asked);
  const shown = useMemo(() => (drawn && field && about ? { drawn, field } : null), [drawn, field, about]);
  const stale = task.valueKey !== key;
  const predict = useMemo(
    () => (at: readonly [number, number]) => (shown ? readOff(shown.drawn, shown.field, at) : Number.NaN),
    [shown],
  );

  // Nobody looks at it any more; asked again, it goes on from there.
  useEffect(() => () => cancelTask("step"), []);
  // Another choice is drawn at once; another recipe when asked for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: not for every recipe
  useEffect(() => {
    const { step } = useLandscape.getState();
    const current = step.valueKey === key && (step.phase === "done" || step.phase === "running");
    if (back && !current) askStep(asked);
  }, [asked, back]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: wherever the recipe goes, the crosshair follows
  useEffect(() => {
    if (back) void followRecipe(asked, predict);
  }, [asked, recipe, back]);
  useEffect(() => reread(predict), [predict]);

  return (
    <div className="landscape-view">
      <StepControls asked={asked} />
      <div className="landscape-columns" style={pictureStyle(usePictureSide())}>
        {shown ? (
          <StepPicture asked={asked} drawn={shown.drawn} field={shown.field} stale={stale} />
        ) : (
          <div className="landscape-empty">
            <PanelState kind={task.phase === "running" ? "loading" : "empty"}>
              {task.phase === "running" ? "The first picture is on its way…" : "No slice yet."}
            </PanelState>
          </div>
        )}
        <div className="landscape-side">
          <TaskState
            task={task}
            what={shown ? "Refining the slice" : "Drawing the slice"}
            stale={stale}
            action="Draw"
            onAsk={() => askStep(asked)}
            onCancel={() => cancelTask("step")}
          />
          <StepReading asked={asked} drawn={shown?.drawn ?? null} stale={stale} />
        </div>
      </div>
    </div>
  );
}

function denseField(drawn: Parameters<typeof readOff>[0] | null): Field | null {
  if (!drawn) return null;
  const field = stepField(drawn.slice);
  return { ...field, values: filled(field, logarithmic) };
}

/** Whether a slice shows these tensors at these bits and on this scale, whatever the rest of the recipe was. */
function isAbout(valueKey: string, { pair, bits, scale }: StepAsked): boolean {
  const of = JSON.stringify([pair, bits, scale]);
  return valueKey.startsWith(of.slice(0, -1));
}
