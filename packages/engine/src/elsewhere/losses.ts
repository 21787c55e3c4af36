// What is known of the loss of each layer's weights, or inputs, alone in the format that a recipe gives them: for tools that show
// figures on a network's nodes. Measures nothing.

import { formatFacts, type Scheme } from "@bitscape/quant";
import type { MeasuredCell } from "../allocate/evidence.ts";
import type { SensitivityReport } from "../allocate/sensitivityReport.ts";
import { columnScheme } from "../cells/sensitivity.ts";
import { baseSchemes, type Recipe, schemeFor, type Target } from "../recipe.ts";
import { schemeWords } from "../schemeWords.ts";

export type Known = Pick<SensitivityReport, "metric" | "cells">;

export interface Loss {
  readonly value: number;
  /** The value with its interval, samples and source, and the scheme where it is another than the recipe's. */
  readonly words: string;
}

/** Asks for a layer's loss; undefined where nothing is known of its format. */
export function lossesOf(
  recipe: Recipe,
  known: Known | undefined,
): (layer: string, target: Target) => Loss | undefined {
  const byFormat = new Map(
    (known?.cells ?? []).map((cell) => [keyOf(cell.layer, cell.target, formatOf(cell)), cell]),
  );
  return (layer, target) => {
    const scheme = schemeFor(recipe, layer, target);
    const cell = scheme && byFormat.get(keyOf(layer, target, scheme.format));
    if (!cell || cell.value === null || !Number.isFinite(cell.value)) return undefined;
    return { value: cell.value, words: wordsOf(cell, cell.value, scheme) };
  };
}

function wordsOf(cell: MeasuredCell, value: number, scheme: Scheme): string {
  const { low, high, n, source, target } = cell;
  const of = cell.scheme === undefined || cell.scheme === "float" ? undefined : cell.scheme;
  const measured = of && schemeWords({ ...baseSchemes[target], ...defined(of) });
  return [
    value.toPrecision(3),
    low != null && high != null && ` (95 %: ${low.toPrecision(3)} to ${high.toPrecision(3)})`,
    source && `, ${source}`,
    n != null && `, n=${n}`,
    measured !== undefined && measured !== schemeWords(scheme) && `, as ${measured}`,
  ]
    .filter(Boolean)
    .join("");
}

function formatOf({ scheme, target, bits }: MeasuredCell): string {
  const found =
    scheme && scheme !== "float" && scheme.format !== undefined ? scheme : columnScheme(target, bits);
  return (found as { format: string }).format;
}

/** Signed and unsigned integers of one width are one column. */
function keyOf(layer: string, target: Target, format: string): string {
  const { family, name, bits } = formatFacts(format);
  return JSON.stringify([layer, target, family === "int" ? bits : name]);
}

const defined = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
