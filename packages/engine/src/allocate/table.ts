// Table: what an allocation is solved on, plain data that can be handed to another thread: what every tensor may be and
// what that loses and takes, what limits it, and what joint recipes were found to lose. How it is solved is allocate.ts.

import { type Grouping, optionsOf } from "@bitscape/methods";
import type { Times } from "../latency/times.ts";
import { type LayerChoice, type Recipe, schemeFor, type Target } from "../recipe.ts";
import type { JointPoint, Part } from "./belief.ts";
import type { Costs } from "./costs.ts";
import type { Evidence } from "./evidence.ts";
import { type JointLoss, jointLossOf, type Pairs, quadraticOf } from "./joint.ts";
import { choicesOf, knownOf, type Limits, type TensorChoice, type TensorOption } from "./options.ts";
import { type Decision, type Problem, problemOf } from "./problem.ts";
import type { Kept } from "./sizes.ts";
import { compact, type Sizes } from "./sizes.ts";

export interface AllocationOptions extends Limits {
  /** What the recipe says of everything that is not allocated. */
  readonly defaults?: Recipe["defaults"];
  /** The same of single layers. */
  readonly layers?: Recipe["layers"];
  /** What of that loses something: parts of every recipe. */
  readonly fixed?: readonly Part[];
  /** Layers whose weights must share a column. */
  readonly coupled?: readonly (readonly string[])[];
  readonly pairs?: Pairs;
  /** Standard deviation of the logarithm of what all is off by: cells are about another way of storing. */
  readonly doubt?: number;
  /** What layers take of a run, where that is known. */
  readonly times?: Times;
  /** Added to every recipe: model, seed, preprocess. */
  readonly inside?: Partial<Recipe>;
}

export interface Table {
  readonly options: AllocationOptions;
  /** Layers that have weights. */
  readonly weighted: readonly string[];
  readonly sizes: Sizes;
  /** All there is evidence of. */
  readonly known: readonly TensorChoice[];
  /** What rules and locks leave of it. */
  readonly choices: readonly TensorChoice[];
  /** Joint recipes that were measured; they correct every prediction. */
  readonly measured: readonly JointPoint[];
}

/** @throws one sentence for rules and locks that leave a layer nothing */
export function tableOf(
  { layers, sizes }: Costs,
  evidence: readonly Evidence[],
  options: AllocationOptions = {},
): Table {
  const known = knownOf(layers, evidence, sizes);
  const choices = choicesOf(known, options);
  const weighted = layers.filter(({ elements }) => elements > 0).map(({ id }) => id);
  return { options, weighted, sizes, known, choices, measured: [] };
}

export function keptOf({ defaults, layers }: AllocationOptions): Kept {
  return { ...(defaults && { defaults }), ...(layers && { layers }) };
}

/** @param multiplied bit operations are budgeted: a layer's weights and activations are one item */
export function problemFor({ options, choices }: Table, multiplied: boolean): Problem {
  const activations = choices.some(({ target }) => target === "activation");
  const together = multiplied && activations;
  return problemOf(choices, {
    multiplied: together,
    kept: keptOf(options),
    ...(options.coupled && { coupled: options.coupled }),
    // A layer's time follows from its weights and activations together: apart, neither has one.
    ...(options.times && together === activations && { times: options.times }),
  });
}

/** What a program's picks decide: for each item, in its order. */
export function decisionsOf(problem: Problem, grouping: Grouping, picks: Int32Array): Decision[] {
  const options = optionsOf(grouping, picks, problem.items.length);
  return problem.decisions.map((decisions, i) => decisions[options[i] as number] as Decision);
}

type Own = Exclude<LayerChoice, "float">;

/** The recipe that some decisions make; what has no decision stays as is kept, weights of which nothing is kept are float. */
export function recipeOf(
  { weighted, options }: Table,
  problem: Problem,
  decisions: readonly Decision[],
): Recipe {
  const layers = new Map<string, Own>();
  for (const [id, choice] of Object.entries(options.layers ?? {}))
    layers.set(id, choice === "float" ? { weight: "float", activation: "float" } : choice);
  for (const id of weighted) layers.set(id, { weight: "float", ...layers.get(id) });
  for (const [i, decision] of decisions.entries()) {
    const id = (problem.items[i] as { id: string }).id;
    for (const [target, option] of Object.entries(decision))
      layers.set(id, { ...layers.get(id), [target]: option.evidence?.scheme ?? "float" });
  }
  const recipe: Recipe = {
    schema: "bitscape/recipe/1",
    ...(options.defaults && { defaults: options.defaults }),
    layers: Object.fromEntries(layers),
  };
  return { ...compact(recipe), ...options.inside };
}

export function partsOf(problem: Problem, decisions: readonly Decision[]): Part[] {
  return decisions.flatMap((decision, i) => partsOfOne((problem.items[i] as { id: string }).id, decision));
}

export function partsOfOne(layer: string, decision: Decision): Part[] {
  return Object.entries(decision).map(([target, { value, half }]) => ({
    layer: partName(layer, target as Target),
    value,
    half,
  }));
}

/** Interactions are known between weights: they alone have the layer's own name. */
export const partName = (layer: string, target: Target) =>
  target === "weight" ? layer : `${layer} ${target}`;

export function predictedFor({ options, measured }: Table, parts: readonly Part[]): JointLoss {
  const all = options.fixed ? [...parts, ...options.fixed] : parts;
  return jointLossOf(all, options.pairs, measured, options.doubt);
}

/**
 * What any recipe is expected to lose, where there is evidence for each of its choices.
 * @throws one sentence for the first choice without
 */
export function predictedOf(table: Table, recipe: Recipe): JointLoss {
  return predictedFor(table, partsOfRecipe(table, recipe));
}

/** @throws one sentence for the first choice without evidence */
export function partsOfRecipe({ known }: Table, recipe: Recipe): Part[] {
  return known.map(({ id, target, options }): Part => {
    const option = optionFor(recipe, id, target, options);
    if (!option)
      throw new Error(
        `recipe: ${id} ${target} ${schemeFor(recipe, id, target)?.format ?? "float"}, expected one of ${options.map(({ key }) => key).join(", ")}`,
      );
    return { layer: partName(id, target), value: option.value, half: option.half };
  });
}

export function optionFor(
  recipe: Recipe,
  layer: string,
  target: Target,
  options: readonly TensorOption[],
): TensorOption | undefined {
  const format = schemeFor(recipe, layer, target)?.format;
  return options.find(({ evidence }) => evidence?.scheme.format === format);
}

/**
 * A table that knows of a joint recipe what it really loses.
 * @param error standard deviation of the logarithm of what was measured
 */
export function withMeasured<T extends Table>(table: T, recipe: Recipe, measured: number, error?: number): T {
  const { fixed = [], pairs } = table.options;
  const parts = table.known.map(({ id, target, options }): Part => {
    const option = optionFor(recipe, id, target, options);
    return { layer: partName(id, target), value: option?.value ?? 0, half: option?.half ?? 0 };
  });
  const all = [...parts, ...fixed];
  const point = { predicted: quadraticOf(all, pairs), measured, parts: all };
  return { ...table, measured: [...table.measured, { ...point, ...(error !== undefined && { error }) }] };
}
