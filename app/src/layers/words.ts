// What a cell says in words: its accessible name, and the lines of its tip.

import type { Cell, Estimator, LayerSummary } from "@bitscape/engine";
import { floating, has } from "../state/edits.ts";
import type { Sharing } from "../state/rows/cells.ts";
import type { GroupRow } from "../state/rows/rows.ts";
import { estimatorTitle } from "../state/sweep/estimators.ts";
import { failureOf, isFailed } from "../state/sweep/known.ts";
import { formatChange, formatDivergenceFinding, formatPercent, halfWidth } from "../ui/numbers.ts";
import type { RowCell } from "./boxes.ts";
import type { Column } from "./columns.ts";
import { formatTitle } from "./formats.ts";

export const metricName = (metric: string) => (metric === "mse" ? "relative squared error" : "KL");

export const bitsName = ({ bits }: Pick<Column, "bits">) => formatTitle(bits);

/** What all cells have in common. */
export interface Circumstances {
  readonly synthetic: boolean;
  readonly metric: string;
  readonly estimator: Estimator;
}

/** "fire2/squeeze1x1, weight, 4 bits, KL 0.0123 ±0.002, measured on 64 samples". */
export function cellName(
  layer: LayerSummary,
  column: Column,
  cell: Cell | undefined,
  circumstances: Circumstances,
): string {
  const head = `${layer.id}, ${column.target}, ${bitsName(column)}`;
  if (!has(layer, column.target)) return `${head}, nothing to quantize`;
  const shared = column.target === "activation" && layer.sharedWith.length > 0;
  return `${head}, ${stateWords(column, cell, circumstances)}${shared ? `, shared with ${layer.sharedWith.join(", ")}` : ""}`;
}

/** "layer1/0, group of 4 layers, weight, 4 bits, worst KL 0.0123 ±0.002, measured on 64 samples, known of 3 of 4, chosen by 2 of 4". */
export function groupCellName(
  { path, layers }: Pick<GroupRow, "path" | "layers">,
  column: Column,
  { applies, cell, of, known, choosing }: RowCell,
  circumstances: Circumstances & { readonly sharing: Sharing },
): string {
  const head = `${path}, group of ${layers.length} layers, ${column.target}, ${bitsName(column)}`;
  if (!applies) return `${head}, nothing to quantize`;
  const state = stateWords(column, cell, circumstances);
  const whole = cell && !isFailed(cell) ? `${sharingWords(circumstances.sharing)} ${state}` : state;
  const some = cell && known < of ? `, known of ${known} of ${of}` : "";
  return `${head}, ${whole}${some}${choosing > 0 ? `, chosen by ${choosing} of ${of}` : ""}`;
}

export const sharingWords = (sharing: Sharing) => (sharing === "worst" ? "worst" : "sum of");

function stateWords(column: Column, cell: Cell | undefined, of: Circumstances): string {
  if (column.bits === floating) return "not quantized, no loss";
  if (!cell) return "not yet known";
  if (isFailed(cell)) return `failed: ${failureOf(cell)}`;
  const { finding } = cell;
  return `${metricName(of.metric)} ${formatDivergenceFinding(finding)}, ${sourceWords(finding, of.estimator)} on ${finding.n}${of.synthetic ? " synthetic" : ""} samples`;
}

/** "measured", "predicted (Gauss–Newton)". */
export const sourceWords = ({ source }: Cell["finding"], estimator: Estimator) =>
  source === "predicted" ? `predicted (${estimatorTitle(estimator)})` : source;

/** "top-1 −0.4 % ±0.8". */
export function dropWords(cell: Cell): string | null {
  if (!cell.drop || isFailed(cell)) return null;
  const half = halfWidth(cell.drop);
  const interval = Number.isFinite(half) ? ` ±${formatPercent(half)}` : "";
  return `top-1 ${formatChange(-cell.drop.value)} %${interval}`;
}

/** "2 layers cannot be predicted: GRU has no gradient rule; they are measured". */
export function withoutWords(
  without: readonly { readonly layer: string; readonly reason: string }[],
): string {
  const layers = new Set(without.map(({ layer }) => layer)).size;
  const reasons = [...new Set(without.map(({ reason }) => reason.replace(/\.$/, "")))];
  const more = reasons.length > 2 ? ` and ${reasons.length - 2} more reasons` : "";
  const what = layers === 1 ? "1 layer cannot be predicted" : `${layers} layers cannot be predicted`;
  return `${what}: ${reasons.slice(0, 2).join(", ")}${more}; ${layers === 1 ? "it is" : "they are"} measured`;
}
