// What a node of the graph shows of its layers: the loss at the bits that are chosen, and those bits. Pure.

import type { LayerSummary, Target } from "@bitscape/engine";
import type { Known } from "../layers/boxes.ts";
import { shortName } from "../layers/formats.ts";
import { type Bits, chosenBits, floating, has, targets } from "../state/edits.ts";
import type { Scene } from "../state/graphScene.ts";
import { cellKey, isFailed, shown } from "../state/sweep/known.ts";

export interface NodeFigure {
  /** Divergence at the chosen bits, the worst of all layers' weights and activations; null where none is known or quantized. */
  readonly loss: number | null;
  readonly predicted: boolean;
  /** Cells that are chosen and not float, and how many of them are known. */
  readonly of: number;
  readonly known: number;
  /** "W4 A8", "W4–8", "fp". */
  readonly bits: string;
}

/** The layers that each node of a scene stands for. */
export function layersOf({ nodes }: Scene, layers: readonly LayerSummary[]): (readonly LayerSummary[])[] {
  const named = new Map(layers.map((layer) => [layer.id, layer]));
  return nodes.map((node) => node.layers.flatMap((id) => named.get(id) ?? []));
}

/** @param layers those that a node stands for; null where there is nothing to quantize */
export function figureOf(
  layers: readonly LayerSummary[],
  { cells, predictions, recipe }: Pick<Known, "cells" | "predictions" | "recipe">,
): NodeFigure | null {
  if (layers.length === 0) return null;
  let [loss, predicted, of, known] = [null as number | null, false, 0, 0];
  const used: Record<Target, Set<Bits>> = { weight: new Set(), activation: new Set() };
  for (const layer of layers) {
    for (const target of targets) {
      if (!has(layer, target)) continue;
      const bits = chosenBits(recipe, layer.id, target);
      used[target].add(bits);
      if (bits === floating) continue;
      of++;
      const cell = shown(cellKey(layer.id, target, bits), cells, predictions);
      if (!cell || isFailed(cell)) continue;
      known++;
      predicted ||= cell.finding.source === "predicted";
      loss = Math.max(loss ?? Number.NEGATIVE_INFINITY, cell.finding.value);
    }
  }
  return { loss, predicted, of, known, bits: bitsText(used) };
}

const letters: Readonly<Record<Target, string>> = { weight: "W", activation: "A" };

function bitsText(used: Readonly<Record<Target, ReadonlySet<Bits>>>): string {
  const parts = targets.flatMap((target) => {
    const all = [...used[target]];
    if (all.every((bits) => bits === floating)) return [];
    const widths = all.filter((bits) => typeof bits === "number").sort((a, b) => a - b);
    const [least, most] = [widths[0], widths.at(-1)];
    const range = least === undefined ? [] : [least === most ? `${least}` : `${least}–${most}`];
    const names = all.filter((bits) => typeof bits !== "number").map(shortName);
    return [`${letters[target]}${[...range, ...names].join(",")}`];
  });
  return parts.length === 0 ? floating : parts.join(" ");
}
