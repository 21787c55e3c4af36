// What the heatmap knows of the chosen cells, for tools that show figures on a network's nodes. Plain values, no asking.

import { columnScheme, type KnownLosses } from "@bitscape/engine";
import { chosenBits, columnBase, floating, has, targets } from "../state/edits.ts";
import type { State } from "../state/store.ts";
import { cellKey, isFailed, shown } from "../state/sweep/known.ts";

type Asked = Pick<State, "model" | "recipe" | "cells" | "predictions" | "float">;

/** Undefined where no chosen cell has a figure yet. */
export function knownLosses({ model, recipe, cells, predictions, float }: Asked): KnownLosses | undefined {
  const known = (model?.layers ?? []).flatMap((layer) =>
    targets.flatMap((target) => {
      const bits = chosenBits(recipe, layer.id, target);
      const cell =
        bits !== floating && has(layer, target)
          ? shown(cellKey(layer.id, target, bits), cells, predictions)
          : undefined;
      if (!cell || isFailed(cell)) return [];
      const { value, low, high, n, source } = cell.finding;
      const scheme = columnScheme(target, cell.bits, columnBase(recipe, target));
      return [{ layer: layer.id, target, bits: cell.bits, value, low, high, n, source, scheme }];
    }),
  );
  return known.length > 0 ? { metric: float?.metric ?? "kl", cells: known } : undefined;
}
