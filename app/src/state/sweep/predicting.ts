// One prediction: all cells at once from gradients of the float network, on few samples first; and the interactions of
// layers, which are products of the same numbers.

import type { Cell, PredictReport, PredictRequest } from "@bitscape/engine";
import { engine } from "../connection.ts";
import { columnKey, sameColumns, targets } from "../edits.ts";
import { isLost, report } from "../notices.ts";
import { get, set } from "../store.ts";
import { flushing } from "./flushing.ts";
import { allPredicted, type KnownCell, withCells, withUnpredicted } from "./known.ts";
import { Pace } from "./pace.ts";
import type { Job } from "./plan.ts";

export async function predict(
  name: string,
  { request, cells: asked }: Job & { readonly kind: "predict" },
  same: () => boolean,
): Promise<"done" | "cancelled"> {
  const { recipe, predictions } = get();
  const { samples, estimator } = request;
  const of = {
    phase: "predicting",
    cells: asked.length,
    samples,
    predicted: allPredicted(predictions, asked),
  } as const;
  const pace = new Pace();
  const arrived: KnownCell[] = [];
  let come = 0;
  let spent = { done: 0, total: 0 };

  /** The targets whose columns are still those that were asked about. */
  const current = () =>
    new Set(
      targets.filter((target) => get().estimator === estimator && sameColumns(recipe, get().recipe, target)),
    );
  const flushed = flushing(() => {
    if (!same()) return;
    const still = current();
    const fresh = arrived.splice(0).filter(({ cell }) => still.has(cell.target));
    const left = pace.secondsLeft();
    set({ predictions: withCells(get().predictions, fresh), sweep: { ...of, ...spent, come, left } });
  });
  const onCells = (cells: readonly Cell[]) => {
    for (const cell of cells) arrived.push({ cell, asked: samples });
    come += cells.length;
    flushed.ask();
  };
  const onProgress = (_: string, done: number, total: number) => {
    spent = { done, total };
    pace.step(performance.now(), done, total);
    flushed.ask();
  };

  set({ sweep: { ...of, ...spent, come: 0, left: null } });
  try {
    const found = await engine().predict(name, request, onCells, onProgress).catch(unanswered(request));
    // Cells come by a channel of their own: the last ones may be behind the answer.
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (found === "cancelled") return "cancelled";
    flushed.end();
    if (!same()) return "done";
    const { predictions, without } = get();
    const still = current();
    const others = (without[estimator] ?? []).filter(
      ({ layer }) => !found.without.some((each) => each.layer === layer),
    );
    set({
      predictions: withUnpredicted(
        predictions,
        asked.filter(({ target }) => still.has(target)),
        samples,
      ),
      without: { ...without, [estimator]: [...others, ...found.without] },
    });
    return "done";
  } finally {
    flushed.end();
  }
}

/** How every two layers interact at one column. */
export async function findPairs(
  name: string,
  { request }: Job & { readonly kind: "pairs" },
  same: () => boolean,
): Promise<"done" | "cancelled"> {
  const key = columnKey(get().recipe, "weight");
  const progress = (done: number, total: number) => {
    const cells = total;
    if (same())
      set({ sweep: { phase: "pairing", cells, predicted: 0, done, total, come: done, left: null } });
  };
  progress(0, 0);
  const found = await engine()
    .predict(
      name,
      request,
      () => {},
      (_, done, total) => progress(done, total),
    )
    .catch(unanswered(request));
  if (found === "cancelled") return "cancelled";
  if (!same()) return "done";
  if (found.pairs) set({ pairs: { ...found.pairs, key, n: found.n } });
  else set({ pairsAsked: null });
  return "done";
}

/** Where predicting fails, the sentence is shown, and everything is measured all the same. */
function unanswered({ estimator }: PredictRequest): (error: unknown) => PredictReport {
  return (error) => {
    if (isLost(error)) throw error;
    report(error);
    return { estimator, n: 0, seconds: 0, forwardPasses: 0, without: [] };
  };
}
