// One measurement: the engine's scheduler decides which cell gets how many samples; cells come again and again, finer
// each time, and what has come stays however it ends.

import { type Cell, cellName } from "@bitscape/engine";
import { engine } from "../connection.ts";
import { sameColumns, targets } from "../edits.ts";
import { get, set } from "../store.ts";
import { flushing } from "./flushing.ts";
import { allPredicted, type KnownCell, withCells, withSettled } from "./known.ts";
import { Pace } from "./pace.ts";
import type { Job } from "./plan.ts";

export async function measure(
  name: string,
  { request, cells: asked }: Job & { readonly kind: "measure" },
  same: () => boolean,
): Promise<"done" | "cancelled" | "nothing"> {
  const { recipe, predictions } = get();
  const of = {
    phase: "measuring",
    cells: asked.length,
    predicted: allPredicted(predictions, asked),
  } as const;
  const pace = new Pace();
  const come = new Set<string>();
  const arrived: KnownCell[] = [];
  let spent = { done: 0, total: 0 };

  const flushed = flushing(() => {
    if (!same()) return;
    // The columns may be others by now: their cells are not these.
    const still = new Set(targets.filter((target) => sameColumns(recipe, get().recipe, target)));
    const fresh = arrived.splice(0).filter(({ cell }) => still.has(cell.target));
    const left = pace.secondsLeft();
    set({ cells: withCells(get().cells, fresh), sweep: { ...of, ...spent, come: come.size, left } });
  });
  const onCell = (cell: Cell) => {
    arrived.push({ cell, asked: cell.finding.n });
    come.add(cellName(cell));
    flushed.ask();
  };
  const onProgress = (_: string, done: number, total: number) => {
    spent = { done, total };
    pace.step(performance.now(), done, total);
    flushed.ask();
  };

  set({ sweep: { ...of, ...spent, come: 0, left: null } });
  try {
    const end = await engine().sweep(name, request, onCell, onProgress);
    // Cells come by a channel of their own: the last ones may be behind the answer.
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (end === "cancelled") return "cancelled";
    if (come.size === 0) return "nothing";
    flushed.end();
    const still = targets.every((target) => sameColumns(recipe, get().recipe, target));
    if (same() && still) set({ cells: withSettled(get().cells, come, request.samples) });
    return "done";
  } finally {
    flushed.end();
  }
}
