// Learned roundings of a study's recipes, each learned once: what is measured is what is written. Not how they are learned
// (rounding.ts).

import type { Encoded } from "@bitscape/quant";
import { Once } from "../../once.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Between } from "../../progress.ts";
import { type Recipe, recipeKey } from "../../recipe.ts";
import type { Study } from "../../study.ts";
import { learnedIn, withoutLearned, withRepair } from "../asked.ts";
import type { LearnedName } from "../names.ts";
import { learnedRounding, ROUNDING_SAMPLES, roundedSites } from "./rounding.ts";

/** Learned codes by weight. */
export type Codes = ReadonlyMap<string, Encoded>;

// Elements whose codes are kept beside those that were asked for last.
const KEPT = 2 ** 24;

class Rounded {
  readonly #study: Study;
  readonly #known = new Once<Codes>();
  readonly #elements = new Map<string, number>();

  constructor(study: Study) {
    this.#study = study;
  }

  async codes(recipe: Recipe, between: Between): Promise<Codes> {
    // Biases are corrected afterwards.
    const key = recipeKey(withRepair(recipe, "bias-correction", false));
    const codes = await this.#known.get(key, () => this.#learn(recipe, between));
    this.#elements.set(key, elementsOf(codes));
    this.#makeRoom(key);
    return codes;
  }

  async #learn(recipe: Recipe, between: Between): Promise<Codes> {
    const study = this.#study;
    const plan = await study.plan(withoutLearned(withRepair(recipe, "bias-correction", false)), between);
    const by = learnedIn(recipe) as LearnedName;
    return learnedRounding({ study, plan, by, seed: recipe.seed ?? 0, between });
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

const rounded = new WeakMap<Study, Rounded>();

/** The codes of a recipe. Where who learns them first is cancelled, the next that waits learns them. */
export function learnedCodes(study: Study, recipe: Recipe, between: Between): Promise<Codes> {
  const known = rounded.get(study) ?? new Rounded(study);
  rounded.set(study, known);
  return known.codes(recipe, between);
}

/**
 * A plan with learned codes, and what its file says of them: the same whatever was learned, so that its size is known before.
 * @param codes absent where only sizes count
 */
export function withCodes(
  { network, split }: Pick<Study, "network" | "split">,
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
