// Steps: the tensors whose clips can be moved, one a row and target, and the recipes that move them. Values alone; what a
// recipe costs is in loss.ts.

import { formatRows, type RangeRule, ratioOf, storedFacts } from "@bitscape/quant";
import { columnScheme } from "../cells/sensitivity.ts";
import type { Layer, Network } from "../network/network.ts";
import { type Plan, planRecipe, type Ranges } from "../plan/plan.ts";
import { type Choice, type LayerChoice, type Recipe, type RecipeScheme, schemeFor } from "../recipe.ts";
import type { StepOf } from "./calls.ts";

export interface Step {
  readonly of: StepOf;
  /** In force under the recipe. */
  readonly scheme: RecipeScheme;
}

const nothing: Recipe = { schema: "bitscape/recipe/1" };

/** Whether a format's scale follows from a range. */
function hasRange(scheme: RecipeScheme): boolean {
  const { family } = storedFacts(scheme);
  return formatRows.find((row) => row.family === family)?.heeds.includes("range") === true;
}

/**
 * The steps of everything that a recipe quantizes, in the order of rows, the inputs of a row before its weights. Each tensor is
 * one row's: where rows share it, the first that decides it.
 */
export function stepsOf(network: Network, recipe: Recipe, ranges: Ranges | undefined): Step[] {
  const plan = planRecipe(network, recipe, ranges);
  const decided = new Set([...plan.points.values()].map(({ point }) => point.deciders[0]));
  const all = network.layers.flatMap((layer): Step[] => {
    const found: Step[] = [];
    const activation = decided.has(layer.id) ? schemeOf(recipe, plan, layer) : undefined;
    if (activation) found.push({ of: { layer: layer.id, target: "activation" }, scheme: activation });
    const weight = layer.weights.map(({ name }) => plan.weights.get(name)).find((each) => each !== undefined);
    if (weight && hasRange(weight.scheme))
      found.push({ of: { layer: layer.id, target: "weight" }, scheme: weight.scheme });
    return found;
  });
  return ownSteps(network, recipe, ranges, plan, all);
}

/** The scheme of the activations that a row is the first to decide. */
function schemeOf(recipe: Recipe, plan: Plan, layer: Layer): RecipeScheme | undefined {
  const point = layer.points.find(
    ({ tensor, deciders }) => deciders[0] === layer.id && plan.points.has(tensor),
  );
  if (!point) return undefined;
  const explicit = point.deciders.find((id) => {
    const own = recipe.layers?.[id];
    return own !== undefined && own !== "float" && own.activation !== undefined && own.activation !== "float";
  });
  return schemeFor(recipe, explicit ?? layer.id, "activation");
}

/** Those that can be given an entry of their own without that another tensor gets another scheme. */
function ownSteps(
  network: Network,
  recipe: Recipe,
  ranges: Ranges | undefined,
  plan: Plan,
  steps: readonly Step[],
): Step[] {
  const same = planRecipe(
    network,
    withRanges(
      recipe,
      steps,
      steps.map(({ scheme }) => scheme.range),
    ),
    ranges,
  );
  const moved = new Set<string>();
  for (const point of network.points) {
    const [was, is] = [plan.points.get(point.tensor), same.points.get(point.tensor)];
    const kept = was?.format === is?.format && was?.scale === is?.scale && was?.zeroPoint === is?.zeroPoint;
    if (!kept) for (const id of point.deciders) moved.add(id);
  }
  if (moved.size === 0) return [...steps];
  const left = steps.filter(({ of }) => of.target === "weight" || !moved.has(of.layer));
  return left.length < steps.length ? ownSteps(network, recipe, ranges, plan, left) : left;
}

/** The scheme of a step at a width (its format's where absent); of what the recipe leaves float, the base scheme's. */
export function stepAt(recipe: Recipe | undefined, of: StepOf, bits: number | undefined): Step {
  const scheme = schemeFor(recipe ?? nothing, of.layer, of.target);
  if (bits === undefined && !scheme) {
    throw new Error(
      `${of.layer}: its ${of.target} is float in the recipe, expected a width in bits for what is not quantized`,
    );
  }
  if (bits === undefined && scheme) return { of, scheme };
  return { of, scheme: columnScheme(of.target, bits ?? 8, scheme ?? {}) as RecipeScheme };
}

/** A recipe with the range rules of some steps replaced; their schemes are given whole where the recipe has others. */
export function withRanges(
  recipe: Recipe | undefined,
  steps: readonly Step[],
  ranges: readonly RangeRule[],
): Recipe {
  const base = recipe ?? nothing;
  const layers: Record<string, LayerChoice> = { ...base.layers };
  for (const [i, { of, scheme }] of steps.entries()) {
    const own = layers[of.layer];
    const others = own === undefined ? {} : own === "float" ? floats : own;
    const range = ranges[i] as RangeRule;
    layers[of.layer] = { ...others, [of.target]: choiceOf(base, of, { ...scheme, range }) };
  }
  return { ...base, layers };
}

const floats = { weight: "float", activation: "float" } as const;

/** What must be written of a scheme: the fields in which it is not what the recipe's defaults say. */
function choiceOf(recipe: Recipe, { layer, target }: StepOf, scheme: RecipeScheme): Choice {
  const without = { ...recipe, layers: {} };
  const given = schemeFor(without, layer, target) ?? {};
  const fields = Object.entries(scheme).filter(
    ([name, value]) =>
      name === "range" || JSON.stringify(value) !== JSON.stringify((given as Record<string, unknown>)[name]),
  );
  return Object.fromEntries(fields) as Choice;
}

/** The rule that multiplies a rule's range further. */
export function times(rule: RangeRule, factor: number): RangeRule {
  const { base, ratio } = ratioOf(rule);
  const product = ratio * factor;
  if (product === 1) return base;
  return base === "minmax" ? { ratio: product } : { ratio: product, of: base };
}

/** The first activations behind the network's inputs, each a step: what a landscape shows where nothing else is asked for. */
export function innerActivations(network: Network, count: number): StepOf[] {
  const outside = new Set(network.model.graph.inputs.map(({ name }) => name));
  const owners = network.points
    .filter(({ tensor }) => !outside.has(tensor))
    .map(({ deciders }) => deciders[0] as string);
  return [...new Set(owners)].slice(0, count).map((layer) => ({ layer, target: "activation" }));
}
