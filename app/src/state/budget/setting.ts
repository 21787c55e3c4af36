// What an allocation rests on, read from the state: which layers it chooses for, in which schemes, what is known of them, and
// what stays as it is. A pure plan; solving is the solver's business.

import {
  type AllocationOptions,
  type CostsRequest,
  formatFacts,
  type LayerChoice,
  type MeasuredCell,
  type Recipe,
  recipeKey,
  schemeFor,
  type Target,
  unforeseenIn,
} from "@bitscape/engine";
import { type AddedColumns, useAddedColumns } from "../addedColumns.ts";
import {
  bitsOf,
  cellScheme,
  columnKey,
  columnsOf,
  floating,
  has,
  type Scheme,
  sameValues,
} from "../edits.ts";
import { floatKey, holding, type RuleState, ruleItems, ruleStates } from "../rules.ts";
import type { State } from "../store.ts";
import { cellKey, isFailed, shown } from "../sweep/known.ts";
import { decisions } from "../sweep/prediction.ts";

export interface Asked {
  readonly costs: CostsRequest;
  /** Equal where the costs are. */
  readonly costsKey: string;
  readonly cells: readonly MeasuredCell[];
  readonly options: AllocationOptions;
  readonly rules: readonly RuleState[];
  /** Layers that keep what they have because nothing is known of them. */
  readonly unknown: readonly string[];
}

type Known = Pick<State, "model" | "recipe" | "cells" | "predictions" | "limits" | "pairs">;

// Of a repair that cells know nothing of, the logarithm of what it leaves of the loss, as a root mean square. Bias correction left
// .15 to 1.2 of it, half in the geometric mean, of seven networks at int4 and int8, a scale a tensor, a channel or a block.
const UNFORESEEN = 0.9;

/** Null where nothing is open. */
export function askedOf(state: Known): Asked | null {
  const { model, recipe, limits } = state;
  if (!model) return null;
  const { layers } = model;
  const locked = new Set(limits.locks);
  const cells: MeasuredCell[] = [];
  const schemes: CostsRequest["schemes"][number][] = [];
  const kept: Record<string, Exclude<LayerChoice, "float">> = {};
  const locks: Record<string, string> = {};
  const unknown: string[] = [];
  const keep = (id: string, target: Target) => {
    kept[id] = { ...kept[id], [target]: schemeFor(recipe, id, target) ?? "float" };
  };
  for (const { id, weights } of layers) {
    if (weights.length === 0) continue;
    const own = schemeFor(recipe, id, "weight");
    const known = knownCells(state, id, "weight").map((cell) =>
      locked.has(id) && own && bitsOf(own) === cell.bits
        ? { ...cell, scheme: custom(own, cell.scheme) }
        : cell,
    );
    const key = own ? String(bitsOf(own)) : floatKey;
    const settled = locked.has(id) && own && !known.some(({ bits }) => String(bits) === key);
    if (known.length === 0 || settled) {
      keep(id, "weight");
      if (own && known.length === 0) unknown.push(id);
      continue;
    }
    cells.push(...known);
    for (const { bits, scheme } of known)
      schemes.push({ layer: id, target: "weight", key: String(bits), scheme: scheme as Scheme });
    if (locked.has(id)) locks[id] = key;
  }
  const chosen = limits.activations ? freeActivations(state, locked) : new Set<string>();
  for (const { id } of layers) {
    if (chosen.has(id)) cells.push(...knownCells(state, id, "activation"));
    else if (ownActivation(recipe, id)) keep(id, "activation");
  }
  const { defaults, layers: _, schema: __, ...inside } = recipe;
  const activation = defaults?.activation;
  const rest = { ...(activation && { defaults: { activation } }), layers: kept };
  const rules = ruleStates(limits.rules, ruleItems(layers, recipe));
  const { pairs } = state;
  const options: AllocationOptions = {
    ...rest,
    inside,
    locks,
    rules: holding(rules).map((rule) => (limits.activations ? rule : ofWeights(rule))),
    fixed: fixedParts(state, chosen),
    ...(limits.columns && { keys: limits.columns }),
    ...(unforeseenIn(recipe).length > 0 && { doubt: UNFORESEEN }),
    ...(pairs && pairs.key === columnKey(recipe, "weight") && { pairs }),
  };
  const costs: CostsRequest = { schemes, kept: rest, inside };
  return { costs, costsKey: costsKeyOf(state, costs), cells, options, rules, unknown };
}

/** Rules about activations say nothing where those are not chosen; the others are about weights then. */
const ofWeights = (rule: ReturnType<typeof holding>[number]) => ({
  ...rule,
  where: { ...rule.where, target: rule.where.target ?? "weight" },
});

/** What is known of a tensor's columns, measured or predicted, each with the scheme that a click would choose. */
function knownCells(
  { model, recipe, cells, predictions }: Known,
  id: string,
  target: Target,
): MeasuredCell[] {
  return columnsFor(model, recipe, target).flatMap(({ column, scheme }): MeasuredCell[] => {
    const cell = shown(cellKey(id, target, column), cells, predictions);
    if (!cell || isFailed(cell)) return [];
    const { value, low, high } = cell.finding;
    return [{ layer: id, target, bits: column, value, low, high, scheme }];
  });
}

/** Columns with their schemes, made once for a recipe. */
const columnsFor = memoized((model: State["model"], recipe: Recipe, target: Target) =>
  columnsOf(recipe, model?.layers.map(({ id }) => id) ?? [], target).map((column) => ({
    column,
    scheme: cellScheme(recipe, target, column),
  })),
);

function memoized<T>(make: (model: State["model"], recipe: Recipe, target: Target) => T) {
  let last:
    | { model: State["model"]; recipe: Recipe; added: AddedColumns; made: Partial<Record<Target, T>> }
    | undefined;
  return (model: State["model"], recipe: Recipe, target: Target): T => {
    const added = useAddedColumns.getState();
    if (last?.model !== model || last.recipe !== recipe || last.added !== added)
      last = { model, recipe, added, made: {} };
    last.made[target] ??= make(model, recipe, target);
    return last.made[target];
  };
}

/** A scheme as it is, in all the words that the columns' schemes have. */
const custom = (own: Scheme, column: MeasuredCell["scheme"]): Scheme =>
  column !== undefined && column !== "float" && sameValues(own, column as Scheme)
    ? own
    : { rounding: "nearest", ...own };

const ownActivation = (recipe: Recipe, id: string): boolean => {
  const own = recipe.layers?.[id];
  return own === "float" || own?.activation !== undefined;
};

/** Rows whose activations are known and share nothing with a locked row. */
function freeActivations(state: Known, locked: ReadonlySet<string>): ReadonlySet<string> {
  const layers = state.model?.layers ?? [];
  const known = new Set(
    layers
      .filter((layer) => has(layer, "activation") && knownCells(state, layer.id, "activation").length > 0)
      .map(({ id }) => id),
  );
  return new Set(
    layers
      .filter(({ id, sharedWith }) =>
        [id, ...sharedWith].every((each) => known.has(each) && !locked.has(each)),
      )
      .map(({ id }) => id),
  );
}

/** What stays as it is loses something too: activations that are not chosen for. */
function fixedParts({ model, recipe, cells, predictions }: Known, chosen: ReadonlySet<string>) {
  return decisions(model?.layers ?? [], recipe).flatMap(({ layer, target, bits }) => {
    if (target !== "activation" || bits === floating || chosen.has(layer)) return [];
    const cell = shown(cellKey(layer, target, bits), cells, predictions);
    if (!cell || isFailed(cell)) return [];
    const value = Math.max(0, cell.finding.value);
    const half = (Math.max(value, cell.finding.high) - Math.max(0, cell.finding.low)) / 2;
    return [{ layer: `${layer} activation`, value, half: Number.isFinite(half) ? half : value }];
  });
}

function costsKeyOf({ model, recipe }: Known, { schemes, kept, inside }: CostsRequest): string {
  // Columns are the same for all layers but for what is locked: names of those that are not standard are enough.
  const standard = columnsFor(model, recipe, "weight");
  const own = schemes.filter(
    ({ key, scheme }) =>
      !standard.some(({ column, scheme: each }) => String(column) === key && each === scheme),
  );
  const which = schemes.map(({ layer, key }) => `${layer}|${key}`).join("\n");
  return [
    model?.sha256,
    JSON.stringify(standard.map(({ scheme }) => scheme)),
    which,
    JSON.stringify(own),
    recipeKey({ schema: "bitscape/recipe/1", ...kept, ...inside }),
  ].join("\n\n");
}

/** Whether a column is an integer's; of others, its storage is told by its format. */
export const columnBitsOf = (key: string): number =>
  key === floatKey ? 32 : /^\d+$/.test(key) ? Number(key) : formatFacts(key).bits;
