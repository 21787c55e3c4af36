// What one layer has to do with a recipe's loss: the recipe, this layer alone, and all but this layer, on the same samples,
// batch by batch, so that what is shown is of equal n all along.

import type { Recipe } from "../recipe.ts";
import { divergenceFinding } from "../score/finding.ts";
import type { Study } from "../study.ts";
import type { ShareReport } from "./calls.ts";
import { pairedFinding } from "./paired.ts";

export interface ShareJob {
  /** Of the network that the recipe's repairs make. */
  readonly study: Study;
  readonly recipes: { readonly total: Recipe; readonly only: Recipe; readonly allBut: Recipe };
  readonly samples: number;
  /** Awaited before each run; throws to cancel. */
  readonly between: () => Promise<void>;
  readonly onReport: (report: ShareReport) => void;
}

export async function measureShares({
  study,
  recipes,
  samples,
  between,
  onReport,
}: ShareJob): Promise<ShareReport> {
  const { reference, probe } = study;
  const indices = study.samples(samples);
  const runOf = async (recipe: Recipe) => probe.runner(await study.plan(recipe, between), indices.length);
  const runs = {
    total: await runOf(recipes.total),
    only: await runOf(recipes.only),
    allBut: await runOf(recipes.allBut),
  };
  const found: Record<keyof typeof runs, number[]> = { total: [], only: [], allBut: [] };
  const report = (done: boolean): ShareReport => ({
    metric: reference.metric,
    data: study.dataset.kind,
    total: divergenceFinding(found.total, "total"),
    only: divergenceFinding(found.only, "only"),
    allBut: divergenceFinding(found.allBut, "allBut"),
    saved: pairedFinding(found.total, found.allBut, "saved"),
    done,
  });
  for (const batch of reference.batches(indices)) {
    for (const name of ["total", "only", "allBut"] as const) {
      await between();
      const compared = await reference.compare(batch, probe, runs[name]);
      found[name].push(...compared.map(({ divergence }) => divergence));
    }
    onReport(report(false));
  }
  return report(true);
}
