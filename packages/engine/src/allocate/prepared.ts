// What allocation knows of a network before a budget is named: what can be chosen for each tensor, and what it takes.
// Slow to make (an export plan a column), cheap to ask.

import { type Grouping, optionsOf } from "@bitscape/methods";
import type { Network } from "../network/network.ts";
import { type LayerChoice, type Recipe, schemeFor, type Target } from "../recipe.ts";
import type { Evidence } from "./evidence.ts";
import type { JointLoss, JointPoint, Pairs, Part } from "./joint.ts";
import { jointLossOf } from "./joint.ts";
import { choicesOf, knownOf, type Limits, type TensorChoice, type TensorOption } from "./options.ts";
import { type Decision, type Problem, problemOf } from "./problem.ts";
import { compact, type SizeOf, type Sizes, sizesOf } from "./sizes.ts";

export interface AllocationOptions extends Limits {
  /** What the recipe says of everything that is not allocated. */
  readonly defaults?: Recipe["defaults"];
  /** Layers whose weights must share a column. */
  readonly coupled?: readonly (readonly string[])[];
  readonly pairs?: Pairs;
  /** Added to every recipe: model, seed, preprocess. */
  readonly inside?: Partial<Recipe>;
}

export interface Prepared {
  readonly network: Network;
  readonly size: SizeOf;
  readonly options: AllocationOptions;
  readonly sizes: Sizes;
  /** All there is evidence of. */
  readonly known: readonly TensorChoice[];
  /** What rules and locks leave of it. */
  readonly choices: readonly TensorChoice[];
  /** Joint recipes that were measured; they correct every prediction. */
  readonly measured: readonly JointPoint[];
}

/** @throws one sentence for rules and locks that leave a layer nothing */
export async function prepare(
  network: Network,
  evidence: readonly Evidence[],
  size: SizeOf,
  options: AllocationOptions = {},
): Promise<Prepared> {
  const inside = (recipe: Recipe): Recipe => ({ ...recipe, ...options.inside });
  const whole: SizeOf = (recipe) => size(inside(recipe));
  const sizes = await sizesOf(network, evidence, options.defaults, whole);
  const known = knownOf(network, evidence, sizes);
  const choices = choicesOf(network, known, options);
  return { network, size: whole, options, sizes, known, choices, measured: [] };
}

export function problemFor(prepared: Prepared, multiplied: boolean): Problem {
  const { defaults, coupled } = prepared.options;
  return problemOf(prepared.choices, {
    multiplied: multiplied && prepared.choices.some(({ target }) => target === "activation"),
    ...(defaults && { defaults }),
    ...(coupled && { coupled }),
  });
}

/** What a program's picks decide: for each item, in its order. */
export function decisionsOf(problem: Problem, grouping: Grouping, picks: Int32Array): Decision[] {
  const options = optionsOf(grouping, picks, problem.items.length);
  return problem.decisions.map((decisions, i) => decisions[options[i] as number] as Decision);
}

/** The recipe that some decisions make; what has no decision is float, or as the defaults say. */
export function recipeOf(prepared: Prepared, problem: Problem, decisions: readonly Decision[]): Recipe {
  const { network, options } = prepared;
  const layers = new Map<string, { weight?: LayerChoiceOf; activation?: LayerChoiceOf }>();
  for (const { id, weights } of network.layers) if (weights.length > 0) layers.set(id, { weight: "float" });
  for (const [i, decision] of decisions.entries()) {
    const id = (problem.items[i] as { id: string }).id;
    for (const [target, option] of Object.entries(decision))
      layers.set(id, { ...layers.get(id), [target]: option.evidence?.scheme ?? "float" });
  }
  const recipe: Recipe = {
    schema: "bitscape/recipe/1",
    ...(options.defaults && { defaults: options.defaults }),
    layers: Object.fromEntries(layers) as Record<string, LayerChoice>,
  };
  return { ...compact(recipe), ...options.inside };
}

type LayerChoiceOf = Evidence["scheme"] | "float";

export function partsOf(problem: Problem, decisions: readonly Decision[]): Part[] {
  return decisions.flatMap((decision, i) => partsOfOne((problem.items[i] as { id: string }).id, decision));
}

export function partsOfOne(layer: string, decision: Decision): Part[] {
  return Object.entries(decision).map(([target, { value, half }]) => ({
    // Interactions are known between weights.
    layer: target === "weight" ? layer : `${layer} ${target}`,
    value,
    half,
  }));
}

export function predictedFor(prepared: Prepared, parts: readonly Part[]): JointLoss {
  return jointLossOf(parts, prepared.options.pairs, prepared.measured);
}

/**
 * What any recipe is expected to lose, where there is evidence for each of its choices.
 * @throws one sentence for the first choice without
 */
export function predictedOf(prepared: Prepared, recipe: Recipe): JointLoss {
  const parts = prepared.known.map(({ id, target, options }): Part => {
    const option = optionFor(recipe, id, target, options);
    if (!option)
      throw new Error(
        `recipe: ${id} ${target} ${schemeFor(recipe, id, target)?.format ?? "float"}, expected one of ${options.map(({ key }) => key).join(", ")}`,
      );
    return { layer: target === "weight" ? id : `${id} ${target}`, value: option.value, half: option.half };
  });
  return predictedFor(prepared, parts);
}

function optionFor(
  recipe: Recipe,
  layer: string,
  target: Target,
  options: readonly TensorOption[],
): TensorOption | undefined {
  const format = schemeFor(recipe, layer, target)?.format;
  return options.find(({ evidence }) => evidence?.scheme.format === format);
}

/** A prepared allocation that knows of a joint recipe what it really loses. */
export function withMeasured(prepared: Prepared, recipe: Recipe, measured: number): Prepared {
  const { value } = jointLossOf(
    prepared.known.map(({ id, target, options }) => {
      const option = optionFor(recipe, id, target, options);
      return { layer: id, value: option?.value ?? 0, half: 0 };
    }),
    prepared.options.pairs,
  );
  return { ...prepared, measured: [...prepared.measured, { predicted: value, measured }] };
}
