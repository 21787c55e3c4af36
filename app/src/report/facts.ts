// What a report says, gathered from the screen's state: plain values, no markup. A number whose recipe is not the present one
// is left out rather than shown as if it were.

import {
  type Cell,
  type CompareReport,
  type LayerSummary,
  type LayersReport,
  type Recipe,
  recipeKey,
  type Scheme,
  type Score,
  type SizeReport,
  schemeFor,
  type Target,
} from "@bitscape/engine";
import { budget } from "../state/budget/store.ts";
import type { Comparing } from "../state/comparing.ts";
import { chosenBits, columnsOf, floating, has } from "../state/edits.ts";
import type { About, State } from "../state/store.ts";
import { cellKey, shown } from "../state/sweep/known.ts";
import { corrected, decisions, type Prediction, predict } from "../state/sweep/prediction.ts";
import { type VerifiedFile, verifiedFile } from "../state/verified.ts";
import { type Method, methodsOf } from "./methods.ts";

export interface LayerFacts {
  readonly layer: LayerSummary;
  readonly schemes: Readonly<Record<Target, Scheme | undefined>>;
  readonly bytes: number | null;
  /** What is known of the chosen cell. */
  readonly cells: Readonly<Record<Target, Cell | undefined>>;
}

export interface HeatColumn {
  readonly target: Target;
  readonly bits: number | string;
}

export interface ReportFacts {
  readonly made: Date;
  readonly version: string;
  readonly model: NonNullable<State["model"]>;
  readonly data: NonNullable<State["data"]>;
  readonly recipe: Recipe;
  readonly size: SizeReport | null;
  readonly float: Score | null;
  readonly predicted: Prediction;
  readonly measured: Score | null;
  /** The file of this recipe, as it was verified. */
  readonly exported: VerifiedFile | null;
  readonly layers: readonly LayerFacts[];
  readonly columns: readonly HeatColumn[];
  readonly cellAt: (layer: string, column: HeatColumn) => Cell | undefined;
  readonly comparison: CompareReport | null;
  readonly divergences: LayersReport | null;
  readonly methods: readonly Method[];
}

/** null while there is no study. */
export function factsOf(
  state: State,
  comparing: Pick<Comparing, "report" | "layers">,
  made: Date,
  version: string,
): ReportFacts | null {
  const { model, data, recipe, cells, predictions, float, estimator } = state;
  if (!model || !data) return null;
  const key = recipeKey(recipe);
  const current = <T>(about: About<T> | null) => (about?.key === key ? about.value : null);
  const find = (cell: string) => shown(cell, cells, predictions);
  const size = current(state.size);
  const bytesOf = new Map(size?.layers.map(({ id, bytes }) => [id, bytes]));
  const layers = model.layers.map((layer): LayerFacts => {
    const cellOf = (target: Target) => {
      const bits = chosenBits(recipe, layer.id, target);
      return bits === floating || !has(layer, target) ? undefined : find(cellKey(layer.id, target, bits));
    };
    return {
      layer,
      schemes: {
        weight: has(layer, "weight") ? schemeFor(recipe, layer.id, "weight") : undefined,
        activation: has(layer, "activation") ? schemeFor(recipe, layer.id, "activation") : undefined,
      },
      bytes: bytesOf.get(layer.id) ?? null,
      cells: { weight: cellOf("weight"), activation: cellOf("activation") },
    };
  });
  const schemes = decisions(model.layers, recipe).flatMap(
    ({ layer, target }) => schemeFor(recipe, layer, target) ?? [],
  );
  const ids = model.layers.map(({ id }) => id);
  const columns = (["weight", "activation"] as const)
    .filter((target) => model.layers.some((layer) => has(layer, target)))
    .flatMap((target) => columnsOf(recipe, ids, target).map((bits): HeatColumn => ({ target, bits })));
  // As the bar has it.
  const { expected } = budget();
  const comparison = current(comparing.report);
  return {
    made,
    version,
    model,
    data,
    recipe,
    size,
    float,
    predicted: corrected(
      predict(model.layers, recipe, find, float, key),
      expected?.key === key ? expected.value : null,
      float,
    ),
    measured: current(state.measured),
    exported: verifiedFile(state, key),
    layers,
    columns,
    cellAt: (layer, { target, bits }) => find(cellKey(layer, target, bits)),
    comparison: comparison?.done ? comparison : null,
    divergences: current(comparing.layers),
    methods: methodsOf({
      recipe,
      schemes,
      estimator: predictions.size > 0 ? estimator : null,
      metric: float?.metric ?? "kl",
    }),
  };
}
