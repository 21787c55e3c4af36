// The export: one job with progress and cancel; its result stays until the next or until the dialog forgets it.

import { type OnProgress, recipeKey, type WriteTarget } from "@bitscape/engine";
import { engine, jobName, sameStudy } from "./connection.ts";
import { isLost, sentenceOf } from "./notices.ts";
import { canAsk, type Exporting, get, set } from "./store.ts";
import { rememberVerified } from "./verified.ts";

let job: string | null = null;

/** Exports the recipe; where the file is not to be held in memory, asks first where it goes. */
export async function exportRecipe(): Promise<void> {
  const { recipe, exporting, data } = get();
  if (!canAsk() || exporting.phase === "running") return;
  const same = sameStudy();
  if (data?.cannotRun !== undefined) {
    try {
      const names = await engine().fileNames(recipe);
      if (same()) set({ exporting: { phase: "asking", names } });
    } catch (error) {
      if (same() && !isLost(error)) set({ exporting: { phase: "failed", sentence: sentenceOf(error) } });
    }
    return;
  }
  await run(async (name, onProgress) => {
    const result = await engine().exportModel(name, recipe, onProgress);
    if (result === "cancelled") return { phase: "idle" };
    rememberVerified(result, recipeKey(recipe), get());
    return { phase: "done", key: recipeKey(recipe), result };
  });
}

/** Writes the recipe's files tensor by tensor. */
export async function writeRecipe(target: WriteTarget): Promise<void> {
  const { recipe, exporting } = get();
  if (!canAsk() || exporting.phase === "running") return;
  await run(async (name, onProgress) => {
    const result = await engine().writeModel(name, recipe, target, onProgress);
    return result === "cancelled" ? { phase: "idle" } : { phase: "written", key: recipeKey(recipe), result };
  });
}

/** Runs the export's one job; what it resolves with is shown. */
async function run(work: (job: string, onProgress: OnProgress) => Promise<Exporting>): Promise<void> {
  const same = sameStudy();
  const name = jobName("export");
  job = name;
  set({ exporting: { phase: "running", progress: null } });
  try {
    const exporting = await work(name, (what, done, total) => {
      if (same() && job === name) set({ exporting: { phase: "running", progress: { what, done, total } } });
    });
    if (same()) set({ exporting });
  } catch (error) {
    if (same() && !isLost(error)) set({ exporting: { phase: "failed", sentence: sentenceOf(error) } });
  } finally {
    if (job === name) job = null;
  }
}

export function cancelExport(): void {
  if (!job) return;
  void engine()
    .cancel(job)
    .catch(() => {});
}

/** Drops the exported file from memory. */
export function forgetExport(): void {
  cancelExport();
  if (get().exporting.phase !== "running") set({ exporting: { phase: "idle" } });
}
