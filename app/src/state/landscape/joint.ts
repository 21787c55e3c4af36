// Choosing all steps jointly (LAPQ): runs the optimiser on the present recipe, pauses it with what it has, goes on from
// there, and applies what it found as one edit.

import {
  type LayerSummary,
  type OptimizeReport,
  type OptimizeRequest,
  type OptimizeStep,
  type Recipe,
  recipeKey,
  type StepOf,
} from "@bitscape/engine";
import { get } from "../store.ts";
import { edit, endGesture } from "../study.ts";
import { flushing } from "../sweep/flushing.ts";
import { look, put } from "./landscape.ts";
import { begin, finishTask } from "./tasks.ts";
import { isQuantized, sameTensor } from "./tensors.ts";

/** The optimiser looks at calibration samples only, so many at most. */
const jointSamples = 128;

/**
 * The tensors whose clips the engine moves, in its order: row by row, a row's activations before its weights, each tensor
 * with the first row that decides it. Where rows share tensors it may leave some out: its report says which.
 */
export function jointTensors(layers: readonly LayerSummary[], recipe: Recipe): StepOf[] {
  const counted = new Set<string>();
  return layers.flatMap(({ id, activations, weights }) => {
    const fresh = activations.some((tensor) => !counted.has(tensor));
    for (const tensor of activations) counted.add(tensor);
    const own: StepOf[] = [];
    if (fresh) own.push({ layer: id, target: "activation" });
    if (weights.length > 0) own.push({ layer: id, target: "weight" });
    return own.filter((of) => isQuantized(recipe, of));
  });
}

/** What the optimiser is asked about a recipe. @param calibration samples that there are */
export const jointRequest = (
  recipe: Recipe,
  asked: Pick<OptimizeRequest, "method" | "loss" | "sweeps">,
  calibration = jointSamples,
): OptimizeRequest => ({ ...asked, recipe, samples: Math.min(jointSamples, calibration) });

/** Begins on the present recipe, or goes on from where it was paused. */
export function optimize(goOn = false): void {
  const { recipe, data, model } = get();
  const { jointAsked, joint, trace } = look();
  const paused = goOn ? joint.value : null;
  const before = paused ? trace : [];
  const offset = before.at(-1)?.evaluation ?? 0;
  put({ trace: before, jointOf: paused?.of ?? jointTensors(model?.layers ?? [], recipe) });
  const request: OptimizeRequest = {
    ...jointRequest(recipe, jointAsked, data?.calibration),
    ...(paused && { of: paused.of, from: Array.from(paused.after) }),
  };
  void begin("joint", recipeKey(recipe), async (worker, job, _, onProgress) => {
    const arrived: OptimizeStep[] = [];
    const flushed = flushing(() => {
      if (arrived.length > 0) put({ trace: [...look().trace, ...arrived.splice(0)] });
    });
    const onStep = (step: OptimizeStep) => {
      arrived.push({ ...step, evaluation: offset + step.evaluation });
      flushed.ask();
    };
    try {
      const report = await worker.optimize(job, request, onStep, onProgress);
      // Steps come by a channel of their own: the last ones may be behind the answer.
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (report === "cancelled") return report;
      put({ jointOf: report.of });
      return paused ? together(paused, report) : report;
    } finally {
      flushed.end();
    }
  });
}

/** A run that was paused and went on is one: before is what it first began from. */
const together = (paused: OptimizeReport, report: OptimizeReport): OptimizeReport => ({
  ...report,
  before: paused.before,
  loss: { ...report.loss, before: paused.loss.before },
  heldOut: report.heldOut && { ...report.heldOut, before: (paused.heldOut ?? report.heldOut).before },
  starts: paused.starts,
  evaluations: paused.evaluations + report.evaluations,
  sweeps: [...paused.sweeps, ...report.sweeps],
  seconds: paused.seconds + report.seconds,
});

/** Ends it softly: what it has reached can be applied, or gone on from. */
export const pauseJoint = () => finishTask("joint");

/** Makes the recipe that was found the present one: one step of undo. */
export function applyJoint(report: OptimizeReport): void {
  edit(report.recipe);
  endGesture();
}

/** What a report is to the present recipe: what it was found for, what it gives, or about another recipe. */
export function standingOf(
  report: OptimizeReport,
  askedFor: string,
  recipe: Recipe,
): "fresh" | "applied" | "stale" {
  const key = recipeKey(recipe);
  if (key === recipeKey(report.recipe)) return "applied";
  return key === askedFor ? "fresh" : "stale";
}

/** The optimiser's way over two of its tensors: the best place after each evaluation that bettered it. */
export function wayOver(
  trace: readonly OptimizeStep[],
  of: readonly StepOf[],
  pair: readonly [StepOf, StepOf],
): (readonly [number, number])[] {
  const [i, j] = pair.map((tensor) => of.findIndex((each) => sameTensor(each, tensor))) as [number, number];
  if (i < 0 || j < 0) return [];
  return trace.flatMap(({ loss, best, clips }) =>
    // Of another length, clips are of other tensors than was thought.
    loss <= best && clips.length === of.length ? [[clips[i] as number, clips[j] as number] as const] : [],
  );
}
