// Learned roundings of a study's recipes, each learned once: what is measured is what is written. Not how they are learned
// (rounding.ts).

import type { Encoded } from "@bitscape/quant";
import type { Plan } from "../plan.ts";
import { type Recipe, recipeKey } from "../recipe.ts";
import type { Between, Study } from "../study.ts";
import { isAbort } from "../turn.ts";
import { type LearnedName, learnedIn, withRepair } from "./names.ts";
import { learnedRounding, ROUNDING_SAMPLES, roundedSites } from "./rounding.ts";

/** Learned codes by weight. */
export type Codes = ReadonlyMap<string, Encoded>;

type Learning = Pick<Study, "network" | "probe" | "runtime" | "dataset" | "split">;

// Elements whose codes are kept beside those that were asked for last.
const KEPT = 2 ** 24;

export class Rounded {
  readonly #study: Learning;
  readonly #known = new Map<string, Promise<Codes>>();
  readonly #elements = new Map<string, number>();

  constructor(study: Learning) {
    this.#study = study;
  }

  /**
   * The codes of a recipe. Where who learns them first is cancelled, the next that waits learns them.
   * @param plan of the recipe without what is learned
   */
  async codes(recipe: Recipe, plan: Plan, between: Between): Promise<Codes> {
    const by = learnedIn(recipe) as LearnedName;
    // Biases are corrected afterwards.
    const key = recipeKey(withRepair(recipe, "bias-correction", false));
    for (;;) {
      const known = this.#known.get(key);
      const learning =
        known ?? learnedRounding({ study: this.#study, plan, by, seed: recipe.seed ?? 0, between });
      this.#known.delete(key);
      this.#known.set(key, learning);
      try {
        const codes = await learning;
        this.#elements.set(key, elementsOf(codes));
        this.#makeRoom(key);
        return codes;
      } catch (error) {
        if (this.#known.get(key) === learning) this.#known.delete(key);
        if (!known || !isAbort(error)) throw error;
      }
    }
  }

  #makeRoom(key: string): void {
    let sum = [...this.#elements.values()].reduce((total, each) => total + each, 0);
    for (const [oldest, elements] of this.#elements) {
      if (sum <= KEPT) break;
      if (oldest === key) continue;
      sum -= elements;
      this.#known.delete(oldest);
      this.#elements.delete(oldest);
    }
  }
}

const elementsOf = (codes: Codes) =>
  [...codes.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

/**
 * A plan with learned codes, and what its file says of them: the same whatever was learned, so that its size is known before.
 * @param codes absent where only sizes count
 */
export function withCodes(
  { network, split }: Learning,
  plan: Plan,
  recipe: Recipe,
  codes: Codes | undefined,
): Plan {
  const weights = new Map(
    [...plan.weights].map(([name, weight]) => {
      const learned = codes?.get(name);
      return [name, learned ? { ...weight, learned } : weight] as const;
    }),
  );
  const rounding = {
    by: learnedIn(recipe) as LearnedName,
    weights: roundedSites(network, plan).length,
    samples: Math.min(split.calibration.length, ROUNDING_SAMPLES),
  };
  return { ...plan, weights, rounding };
}
