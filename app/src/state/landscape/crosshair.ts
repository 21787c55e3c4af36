// The crosshair of a step slice: the clips of both tensors in the present recipe. While it is dragged, the loss is read off
// the slice at once and measured as soon as the engine can; releasing it is one edit of the recipe.

import type { StepSlice } from "@bitscape/engine";
import { recipeKey } from "@bitscape/engine";
import { between, type Field, logarithmic } from "../../charts/field.ts";
import { type PlotAxis, placeOf } from "../../charts/plotAxis.ts";
import { engine, jobName, sameStudy } from "../connection.ts";
import { latest } from "../latest.ts";
import { report } from "../notices.ts";
import { get } from "../store.ts";
import { edit, endGesture } from "../study.ts";
import { type Drawn, look, put } from "./landscape.ts";
import { type StepAsked, stepKey, stepRequest } from "./slices.ts";
import { sliceRecipe, tensorName, withClips } from "./tensors.ts";

type Place = readonly [number, number];

/** The axes of a step slice as a picture has them: rows, columns. */
export function stepAxes({ slice, scale }: Drawn<StepSlice>): readonly [PlotAxis, PlotAxis] {
  const axis = (i: 0 | 1): PlotAxis => ({
    label: `clip of ${tensorName(slice.axes[i].of)}, share of max-abs`,
    values: slice.axes[i].values,
    scale,
  });
  return [axis(0), axis(1)];
}

export const stepField = ({ loss, axes }: StepSlice): Field => ({
  rows: axes[0].values.length,
  columns: axes[1].values.length,
  values: loss,
});

/** The loss at a place as the slice's points give it, interpolated; NaN where it has none there. */
export function readOff(drawn: Drawn<StepSlice>, dense: Field, at: Place): number {
  const [rows, columns] = stepAxes(drawn);
  const [row, column] = [placeOf(rows, at[0]), placeOf(columns, at[1])];
  const half = 0.5;
  const outside = (place: number, count: number) => place < -half || place > count - 1 + half;
  if (outside(row, dense.rows) || outside(column, dense.columns)) return Number.NaN;
  return between(dense, row, column, logarithmic);
}

// What the crosshair stands for: the recipe with both tensors as the slice has them. Its own commit makes the key that it
// then finds, so that it does not ask where it is.
let known = "";

const crosshairKey = ({ pair, bits }: StepAsked) => {
  const { recipe, model } = get();
  return `${JSON.stringify(pair)} ${recipeKey(sliceRecipe(recipe, model?.layers ?? [], pair, bits))}`;
};

const measure = latest<{ readonly asked: StepAsked; readonly at: Place }>(async ({ asked, at }, signal) => {
  const same = sameStudy();
  const job = jobName("step-loss");
  signal.addEventListener("abort", () => void engine().cancel(job).catch(ignored));
  try {
    const loss = await engine().stepLoss(job, stepRequest(get(), asked), at);
    const { crosshair } = look();
    if (!same() || loss === "cancelled" || !crosshair || !samePlace(crosshair.at, at)) return;
    put({ crosshair: { ...crosshair, measured: loss } });
  } catch (error) {
    if (same()) report(error);
  }
});

const samePlace = (a: Place, b: Place) => a[0] === b[0] && a[1] === b[1];
const ignored = () => {};

/** Moves the crosshair; `predicted` is what the slice has there. Nothing is edited yet. */
export function dragTo(asked: StepAsked, at: Place, predicted: number): void {
  put({ crosshair: { at, predicted, measured: null, dragging: true } });
  measure.ask({ asked, at });
}

/**
 * Makes the crosshair's clips those of the recipe: one step of undo. Moves by keys that follow each other are one gesture,
 * ended by `settle`.
 */
export function release(asked: StepAsked, gesture: string | null = null): void {
  const { crosshair } = look();
  const { recipe, model } = get();
  if (!crosshair?.dragging || !model) return;
  edit(withClips(recipe, model.layers, asked.pair, asked.bits, crosshair.at), gesture);
  if (gesture === null) endGesture();
  known = crosshairKey(asked);
  put({ crosshair: { ...crosshair, dragging: false } });
}

export const settle = () => endGesture();

/** Gives up a drag: the crosshair goes back to where the recipe has it. */
export function giveUp(asked: StepAsked): void {
  known = "";
  put({ crosshair: null });
  void followRecipe(asked, () => Number.NaN);
}

/** Brings the crosshair to where the present recipe has it. */
export async function followRecipe(asked: StepAsked, predict: (at: Place) => number): Promise<void> {
  const { model, recipe } = get();
  const key = crosshairKey(asked);
  if (!model || look().crosshair?.dragging || (key === known && look().crosshair)) return;
  const same = sameStudy();
  known = key;
  try {
    const clips = await engine().clips(sliceRecipe(recipe, model.layers, asked.pair, asked.bits), asked.pair);
    if (!same() || known !== key || look().crosshair?.dragging) return;
    const at: Place = [clips[0] as number, clips[1] as number];
    put({ crosshair: { at, predicted: predict(at), measured: null, dragging: false } });
    measure.ask({ asked, at });
  } catch (error) {
    if (same()) report(error);
  }
}

/** The slice has more points now: what is read off it is read anew. */
export function reread(predict: (at: Place) => number): void {
  const { crosshair } = look();
  if (!crosshair) return;
  const predicted = predict(crosshair.at);
  if (!Object.is(predicted, crosshair.predicted)) put({ crosshair: { ...crosshair, predicted } });
}

/** Whether a slice is of what is asked for now. */
export const isOf = (valueKey: string, asked: StepAsked) =>
  valueKey === stepKey(get().recipe, get().model?.layers ?? [], asked);
