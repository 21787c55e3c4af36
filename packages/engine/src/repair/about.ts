// What is asked about a recipe's clips and schemes rather than its figures: of the network that its other repairs make, and of the
// recipe without its bias correction and learned rounding, which are made for a plan that does not move any more.

import type { Between } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import type { Study } from "../study.ts";
import { withoutLearned, withRepair } from "./asked.ts";

export interface About {
  readonly study: Study;
  readonly recipe: Recipe;
}

export async function withoutCorrection(study: Study, recipe: Recipe, between: Between): Promise<About> {
  const bare = withRepair(withoutLearned(recipe), "bias-correction", false);
  return { study: await study.of(bare, between), recipe: bare };
}
