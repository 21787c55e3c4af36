// What was found out about a network under other data, another split or another mapping of labels: put away when they change,
// taken out when they come back. For this visit and this model; what outlives a reload is the present study (keep).

import type { DataRequest, DataSummary } from "@bitscape/engine";
import { giveScores, type Scores, takeScores } from "./measure.ts";
import { nothingKnown, type State } from "./store.ts";

/** What is known by data, beside the scores of whole recipes. */
const fields = [
  ...(Object.keys(nothingKnown) as (keyof typeof nothingKnown)[]),
  "float",
  "previews",
  "secondsPerSample",
] as const;

type Known = Pick<State, (typeof fields)[number]>;

export interface PutAway {
  readonly known: Known;
  readonly scores: Scores;
  readonly data: DataSummary;
  /** What its cells are columns of, and its predictions made by. */
  readonly of: Pick<State, "recipe" | "estimator">;
}

/** Data that are remembered: cells of a large network are tens of thousands. */
const MOST = 4;
const shelf = new Map<string, PutAway>();

const fileKey = ({ name, size, lastModified }: File) => [name, size, lastModified];

/** What of a request decides what is measured; words of tokens and names of outputs do not. */
export function dataKey(request: DataRequest, mapped = true): string {
  if (request.kind !== "files") return JSON.stringify(request);
  const { files, labels, preprocess, split, mapping } = request;
  const asked = [preprocess ?? {}, split ?? {}, (mapped && mapping) || null];
  return JSON.stringify([files.map(fileKey), labels ? fileKey(labels) : null, ...asked]);
}

/** Puts away what is known now. Where nothing was asked of these data yet there is nothing to put away. */
export function putAway(state: State): void {
  const { data, dataRequest, float, recipe, estimator } = state;
  if (!data || (!float && state.predictions.size === 0)) return;
  const key = dataKey(dataRequest);
  shelf.delete(key);
  const known = Object.fromEntries(fields.map((field) => [field, state[field]])) as unknown as Known;
  shelf.set(key, { known, scores: takeScores(), data, of: { recipe, estimator } });
  if (shelf.size > MOST) shelf.delete(shelf.keys().next().value as string);
}

/** What was known of these data, where it was put away and they are the same still. */
export function takeOut(request: DataRequest, data: DataSummary): PutAway | null {
  const found = shelf.get(dataKey(request));
  if (!found || !sameSamples(found.data, data)) return null;
  giveScores(found.scores);
  return found;
}

/** Another model: nothing of it holds. */
export const emptyShelf = () => shelf.clear();

/**
 * What outlives a change of data: where only the mapping of labels changed, what was predicted, as no prediction looks at
 * labels. What was measured says how many answers became wrong, and is measured again.
 */
export function outliving(state: State, request: DataRequest, data: DataSummary): Partial<Known> {
  const before = state.data;
  if (!before || before.labelled !== data.labelled || !sameSamples(before, data)) return {};
  if (dataKey(state.dataRequest, false) !== dataKey(request, false)) return {};
  const { predictions, predictionShelf, without, pairs, previews, secondsPerSample } = state;
  return { predictions, predictionShelf, without, pairs, previews, secondsPerSample };
}

const sameSamples = (a: DataSummary, b: DataSummary) =>
  a.digest === b.digest &&
  a.size === b.size &&
  a.calibration === b.calibration &&
  a.evaluation === b.evaluation &&
  a.overlap === b.overlap;
