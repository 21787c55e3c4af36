// What follows from new data, in its order: a look at the samples, the float network's score, the plan (sweeps.ts), the recipe's
// size and score (measure.ts).

import type { Score } from "@bitscape/engine";
import { engine, jobName, sameStudy } from "./connection.ts";
import { askScore, askSize } from "./measure.ts";
import { notify, report } from "./notices.ts";
import { canAsk, get, set } from "./store.ts";
import { afterFirstPass, firstImpression, runPlan } from "./sweep/sweeps.ts";

/** What follows from new data: a look at them, the float network's score, the heatmap, the recipe's own score. */
export async function judge(): Promise<void> {
  const same = sameStudy();
  const cannotRun = get().data?.cannotRun;
  if (cannotRun !== undefined) {
    notify("info", cannotRun);
    askSize();
    return;
  }
  // These data were here before: the float network's answers have not changed.
  if (get().float?.done) return resumeAll();
  set({ judging: true });
  try {
    askSize();
    const previews = await engine().previews(8);
    if (!same()) return;
    set({ previews });
    await firstImpression();
    if (!same()) return;
    const started = performance.now();
    const paced = ({ divergence: { n } }: Score) =>
      set({ secondsPerSample: (performance.now() - started) / 1000 / Math.max(1, n) });
    let alone = true;
    const scoring = engine().floatScore(jobName("float"), (running) => {
      // What runs late is of the past: the answer and the running scores come by ways of their own.
      if (!same() || get().float?.done) return;
      set({ float: running });
      // Beside predictions the clock would count their time too.
      if (alone) paced(running);
    });
    const soon = await Promise.race([scoring, patience()]);
    if (!soon && same()) {
      alone = false;
      runPlan();
    }
    const float = await scoring;
    if (same()) set({ float });
    if (same() && alone) paced(float);
  } catch (error) {
    if (same()) report(error);
  }
  if (!same()) return;
  set({ judging: false });
  resumeAll(true);
}

/** How long a slow network's score has the engine for itself; then predictions begin beside it. */
const patience = () => new Promise<undefined>((resolve) => setTimeout(resolve, 2000));

export function resumeAll(coarseFirst = false): void {
  if (!canAsk()) return;
  askSize();
  if (coarseFirst) afterFirstPass(askScore);
  else askScore();
  runPlan();
}
