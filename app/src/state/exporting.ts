// The export: one job with progress and cancel; its result stays until the next or until the dialog forgets it.

import { recipeKey } from "@bitscape/engine";
import { engine, jobName, sameStudy } from "./connection.ts";
import { isLost, sentenceOf } from "./notices.ts";
import { canAsk, get, set } from "./store.ts";

let job: string | null = null;

export async function exportRecipe(): Promise<void> {
  const { recipe, exporting } = get();
  if (!canAsk() || exporting.phase === "running") return;
  const same = sameStudy();
  const name = jobName("export");
  job = name;
  set({ exporting: { phase: "running", progress: null } });
  try {
    const result = await engine().exportModel(name, recipe, (what, done, total) => {
      if (same() && job === name) set({ exporting: { phase: "running", progress: { what, done, total } } });
    });
    if (!same()) return;
    set({
      exporting:
        result === "cancelled" ? { phase: "idle" } : { phase: "done", key: recipeKey(recipe), result },
    });
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
