// Clips as fractions: a rule's scale over the scale that cuts nothing. Means over groups, where a tensor has several.

import type { RangeRule } from "@bitscape/quant";
import { toFloat32 } from "@bitscape/tensor";
import { layerOf, type Network } from "../network/network.ts";
import { type PointPlan, planRecipe, type Ranges, type WeightPlan } from "../plan/plan.ts";
import { floatWeight } from "../plan/weight.ts";
import type { Recipe } from "../recipe.ts";
import type { KeptWeights } from "./keptWeights.ts";
import { type Step, withRanges } from "./steps.ts";

interface Known {
  readonly network: Network;
  readonly ranges: Ranges | undefined;
  readonly weights: KeptWeights;
}

/** What a step's tensors get under a rule; the rest of the network is float. */
function plansOf(
  { network, ranges }: Known,
  step: Step,
  rule: RangeRule,
): { weights: WeightPlan[]; points: PointPlan[] } {
  const recipe = withRanges(undefined, [step], [rule]);
  const plan = planRecipe(network, recipe, step.of.target === "activation" ? ranges : undefined);
  return { weights: [...plan.weights.values()], points: [...plan.points.values()] };
}

/** The scales that a rule gives a step's tensors. */
function scalesOf(known: Known, step: Step, rule: RangeRule): Float64Array {
  const { weights, points } = plansOf(known, step, rule);
  return step.of.target === "weight"
    ? Float64Array.from(weights.flatMap((each) => [...(known.weights.scales(each) ?? [])]))
    : Float64Array.from(points, ({ scale }) => scale);
}

/** The fraction of the full range that a rule chooses for a step; NaN where its format has no scales. */
export function fractionOf(known: Known, step: Step, rule: RangeRule = step.scheme.range): number {
  const [own, full] = [scalesOf(known, step, rule), scalesOf(known, step, "minmax")];
  return own.reduce((sum, scale, g) => sum + scale / (full[g] as number), 0) / own.length;
}

/** The range that fraction 1 stands for, over all of a step's tensors. */
export function fullRange({ network, ranges }: Known, { of }: Step): { low: number; high: number } {
  const layer = layerOf(network, of.layer);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  if (of.target === "activation") {
    for (const { tensor } of layer.points) {
      const { min, max } = ranges?.get(tensor) ?? { min: low, max: high };
      [low, high] = [Math.min(low, min), Math.max(high, max)];
    }
    return { low, high };
  }
  for (const { name } of layer.weights) {
    const { dtype, data } = floatWeight(network, name);
    for (const x of toFloat32(dtype, data)) [low, high] = [Math.min(low, x), Math.max(high, x)];
  }
  return { low, high };
}

/** The recipe with a step at a fraction of its full range. */
export function atFractions(
  recipe: Recipe | undefined,
  steps: readonly Step[],
  at: readonly number[],
): Recipe {
  return withRanges(
    recipe,
    steps,
    at.map((fraction) => (fraction === 1 ? "minmax" : { ratio: fraction })),
  );
}
