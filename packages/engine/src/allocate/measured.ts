// Measuring joint recipes of a study for the search of the smallest file: as Study.score, but with the fall of top-1, and cut
// short where that is hopeless.

import { evaluate, type Tally } from "../evaluate.ts";
import { recipeKey } from "../recipe.ts";
import type { Study } from "../study.ts";
import type { MeasuredJoint, MeasureJoint } from "./smallest.ts";

// How often a fall is looked at, in samples.
const LOOK = 64;

/**
 * @param between awaited before each batch; throws to cancel
 * @throws one sentence where no sample has a label
 */
export function measureJoint(
  study: Study,
  samples: readonly number[],
  between: () => Promise<void>,
): MeasureJoint {
  const { reference, probe } = study;
  return async (recipe, hopeless): Promise<MeasuredJoint> => {
    const settings = probe.settings(await study.plan(recipe, between));
    const of = recipeKey(recipe);
    const enough = new Error("enough");
    let cut: Tally | undefined;
    let looked = 0;
    const look = async (tally: Tally) => {
      await between();
      if (tally.comparisons.length < looked + LOOK) return;
      looked = tally.comparisons.length;
      const drop = tally.drop(of);
      if (!drop || !hopeless(drop)) return;
      cut = tally;
      throw enough;
    };
    const tally = await evaluate(
      reference,
      probe,
      samples,
      (feeds) => probe.run(feeds, settings),
      look,
    ).catch((error: unknown) => {
      if (error === enough && cut) return cut;
      throw error;
    });
    const drop = tally.drop(of);
    if (!drop) throw new Error(`samples: ${samples.length} without a label, expected some with`);
    return { divergence: tally.divergence(of), drop, cut: cut !== undefined };
  };
}
