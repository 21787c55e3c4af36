// What rules mean for the layers at hand: whom each is about, why one cannot hold, and which cells they rule out. A pure
// view of the rules of packages/methods, which the solver obeys.

import {
  concerned,
  type LayerSummary,
  parseRule,
  type Recipe,
  type Rule,
  ruled,
  type Target,
} from "@bitscape/engine";
import { columnsOf, floating, has, storageBits, targets } from "./edits.ts";
import { cellKey } from "./sweep/known.ts";

export interface RuleState {
  readonly text: string;
  readonly rule: Rule | null;
  /** Layers that it is about. */
  readonly layers: number;
  /** Why it cannot hold, as a sentence; null where it can. */
  readonly fault: string | null;
}

/** The solver's name for what stays in floating point. */
export const floatKey = "float";

interface RuleItem {
  readonly id: string;
  readonly op: string;
  readonly target: Target;
  readonly options: readonly { readonly key: string; readonly bits: number }[];
}

/** What rules look at: every tensor that can be chosen for, with its options. */
export function ruleItems(layers: readonly LayerSummary[], recipe: Recipe): RuleItem[] {
  const ids = layers.map(({ id }) => id);
  return targets.flatMap((target) => {
    const columns = columnsOf(recipe, ids, target).map((column) => ({
      key: String(column),
      bits: storageBits(column),
    }));
    // Activations that are chosen are never left in floating point.
    const options = target === "weight" ? [...columns, { key: floatKey, bits: 32 }] : columns;
    return layers.filter((layer) => has(layer, target)).map(({ id, op }) => ({ id, op, target, options }));
  });
}

/** Each rule by itself and after those before it: one that cannot hold is left out of what follows. */
export function ruleStates(texts: readonly string[], items: readonly RuleItem[]): RuleState[] {
  let left = items;
  return texts.map((text) => {
    let rule: Rule | null = null;
    let layers = 0;
    try {
      rule = parseRule(text);
      layers = new Set(concerned(rule, items).map(({ id }) => id)).size;
      left = ruled(left, [rule]);
      return { text, rule, layers, fault: null };
    } catch (error) {
      return { text, rule, layers, fault: (error as Error).message };
    }
  });
}

/** Rules that hold. */
export const holding = (states: readonly RuleState[]): Rule[] =>
  states.flatMap(({ rule, fault }) => (rule && fault === null ? [rule] : []));

/** Cells that rules, or columns that may not be used, keep an allocation from; by their keys, with floating point's too. */
export function ruledOut(
  items: readonly RuleItem[],
  rules: readonly Rule[],
  columns: readonly string[] | null,
  activations: boolean,
): ReadonlySet<string> {
  if (rules.length === 0 && columns === null) return nothing;
  const left = ruled(items, rules);
  return new Set(
    items.flatMap(({ id, target, options }, i) => {
      if (target === "activation" && !activations) return [];
      const may = new Set(left[i]?.options.map(({ key }) => key));
      const out = ({ key }: { readonly key: string }) =>
        !may.has(key) || (target === "weight" && columns !== null && !columns.includes(key));
      return options.filter(out).map(({ key }) => cellKey(id, target, key === floatKey ? floating : key));
    }),
  );
}

const nothing: ReadonlySet<string> = new Set();
