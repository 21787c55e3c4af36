// Every remedy of one tensor, tried on a study: the plan and the race put together. For the worker and the command line alike.

import { type Layer, layerOf } from "../network/network.ts";
import type { Between } from "../progress.ts";
import { type Choice, type Recipe, type RecipeScheme, schemeFor, wantsActivations } from "../recipe.ts";
import { withoutCorrection } from "../repair/about.ts";
import { asBefore } from "../repair/asked.ts";
import type { Study } from "../study.ts";
import type { RemediesReport, RemediesRequest, TensorAsk } from "./calls.ts";
import { candidatesOf } from "./candidates.ts";
import { race } from "./race.ts";
import { type Row, withTreatment } from "./treated.ts";

export interface TryJob {
  /** Of the network as it was opened. */
  readonly study: Study;
  readonly request: RemediesRequest;
  /** Exact length of a recipe's file. */
  readonly bytes: (recipe: Recipe) => Promise<number>;
  /** Awaited before each batch; throws to cancel. */
  readonly between: Between;
  readonly onReport: (report: RemediesReport) => void;
}

/**
 * Measures every other treatment of a tensor in the recipe against the present one. Bias correction is left out of what is
 * measured (it is made anew for each plan), not of the bytes.
 * @throws one sentence where the recipe leaves the tensor float, or the network has no such layer
 */
export async function tryRemedies(job: TryJob): Promise<RemediesReport> {
  const { request, between } = job;
  const { layer, target, samples } = request;
  const { study, recipe } = await withoutCorrection(job.study, request.recipe, between);
  const found = layerOf(study.network, layer);
  const row = rowOf(found);
  const wants = target === "activation" || wantsActivations(recipe);
  return race({
    ...{ study, recipe, samples, between, onReport: job.onReport },
    ranges: wants ? await study.ranges(between) : undefined,
    remedies: candidatesOf(target, schemeOf(request), inputsOf(found)),
    treated: (choice: Choice) => withTreatment(recipe, row, target, choice),
    bytes: (each) => job.bytes(asBefore(each, request.recipe)),
  });
}

/** A layer as a row: with the rows that decide its activations with it. */
export function rowOf({ id, points }: Layer): Row {
  const others = new Set(points.flatMap(({ deciders }) => deciders));
  others.delete(id);
  return { id, sharedWith: [...others] };
}

/** Inputs that blocks divide: of flat views alone, others are cut at every row. */
function inputsOf({ weights }: Layer): number | undefined {
  const { blockShape, blockAxis } = weights[0] ?? { blockShape: [], blockAxis: 0 };
  return blockShape.length === 2 ? blockShape[blockAxis] : undefined;
}

/** @throws one sentence where the recipe leaves the tensor float */
export function schemeOf({ recipe, layer, target }: TensorAsk): RecipeScheme {
  const scheme = schemeFor(recipe, layer, target);
  if (!scheme)
    throw new Error(`layer ${layer}: its ${target} is float in the recipe, expected one that is quantized`);
  return scheme;
}
