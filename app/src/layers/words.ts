// What a cell says in words: its accessible name, and the lines of its tip.

import type { Cell, LayerSummary } from "@bitscape/engine";
import { has } from "../state/edits.ts";
import { failureOf, isFailed } from "../state/known.ts";
import { formatChange, formatDivergenceFinding, formatPercent, halfWidth } from "../ui/numbers.ts";
import type { Column } from "./columns.ts";

export const metricName = (metric: string) => (metric === "mse" ? "relative squared error" : "KL");

export const bitsName = ({ bits }: Pick<Column, "bits">) => (bits === "fp" ? "float" : `${bits} bits`);

/** "fire2/squeeze1x1, weight, 4 bits, KL 0.0123 ±0.002, measured on 64 samples". */
export function cellName(
  layer: LayerSummary,
  column: Column,
  cell: Cell | undefined,
  synthetic: boolean,
  metric = "kl",
): string {
  const head = `${layer.id}, ${column.target}, ${bitsName(column)}`;
  if (!has(layer, column.target)) return `${head}, nothing to quantize`;
  return `${head}, ${stateWords(column, cell, synthetic, metric)}`;
}

function stateWords(column: Column, cell: Cell | undefined, synthetic: boolean, metric: string): string {
  if (column.bits === "fp") return "not quantized, no loss";
  if (!cell) return "not yet known";
  if (isFailed(cell)) return `failed: ${failureOf(cell)}`;
  const { finding } = cell;
  return `${metricName(metric)} ${formatDivergenceFinding(finding)}, ${finding.source} on ${finding.n}${synthetic ? " synthetic" : ""} samples`;
}

/** "top-1 −0.4 % ±0.8". */
export function dropWords(cell: Cell): string | null {
  if (!cell.drop || isFailed(cell)) return null;
  const half = halfWidth(cell.drop);
  const interval = Number.isFinite(half) ? ` ±${formatPercent(half)}` : "";
  return `top-1 ${formatChange(-cell.drop.value)} %${interval}`;
}
