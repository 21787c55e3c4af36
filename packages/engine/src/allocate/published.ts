// A published method of allocation as the engine asks for it: a study and a size of the file in, a recipe out. The methods are in
// ../hawq and ../mixdq.

import type { Between } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import type { Study } from "../study.ts";
import type { PublishedRequest } from "./searchCalls.ts";
import type { SizeOf } from "./sizes.ts";

export interface PublishedOn extends PublishedRequest {
  readonly study: Study;
  readonly sizeOf: SizeOf;
}

/** @throws one sentence where it does not apply to the network, or cannot make so small a file */
export type Published = (of: PublishedOn, between: Between) => Promise<Recipe>;
