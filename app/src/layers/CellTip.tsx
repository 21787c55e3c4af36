// What a cell says on hover and focus. For the eye only: the cell's accessible name says the same.

import type { Finding, LayerSummary } from "@bitscape/engine";
import { useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { floating, has } from "../state/edits.ts";
import type { GroupRow, Row } from "../state/rows/rows.ts";
import { useStore } from "../state/store.ts";
import { cellKey, failureOf, isFailed, shown } from "../state/sweep/known.ts";
import { beside } from "../ui/beside.ts";
import { formatCount, formatDivergence, formatDivergenceFinding } from "../ui/numbers.ts";
import { boxOf, type Known } from "./boxes.ts";
import type { Column } from "./columns.ts";
import { bitsName, dropWords, metricName, sourceWords } from "./words.ts";

interface Props {
  readonly row: Row;
  readonly column: Column;
  readonly known: Known;
  readonly anchor: Element | null;
}

export function CellTip({ row, column, known, anchor }: Props) {
  const tip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = tip.current;
    if (!element || !anchor) return;
    const { left, top } = beside(anchor.getBoundingClientRect(), element.getBoundingClientRect(), window);
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
  });
  return createPortal(
    <div className="tip cell-tip" ref={tip} aria-hidden="true">
      <strong>
        {row.kind === "layer" ? row.layer.id : row.path} ·{" "}
        {column.target === "weight" ? "weights" : "activations"} · {bitsName(column)}
      </strong>
      {row.kind === "layer" ? (
        <Lines layer={row.layer} column={column} />
      ) : (
        <GroupLines row={row} column={column} known={known} />
      )}
    </div>,
    document.body,
  );
}

function GroupLines({
  row,
  column,
  known,
}: {
  readonly row: GroupRow;
  readonly column: Column;
  readonly known: Known;
}) {
  const estimator = useStore((state) => state.estimator);
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const { applies, cell, of, known: come, choosing } = boxOf(row, column, known);
  if (!applies) return <span>Nothing to quantize here</span>;
  const chosen = `Chosen by ${formatCount(choosing)} of ${formatCount(of)} layers`;
  if (column.bits === floating) return <span>{chosen}</span>;
  return (
    <>
      {!cell && <span>Not yet known</span>}
      {cell && isFailed(cell) && <span>Failed: {failureOf(cell)}</span>}
      {cell && !isFailed(cell) && (
        <span>
          {known.sharing === "worst" ? `Worst: ${metricName(metric)}` : `Sum of ${metricName(metric)}`}{" "}
          {formatDivergenceFinding(cell.finding)}
          {metric === "mse" ? "" : " nats"}
        </span>
      )}
      {cell && !isFailed(cell) && (
        <span>
          {sourceWords(cell.finding, estimator)}, each layer alone, n≥{formatCount(cell.finding.n)}
          {known.sharing === "worst" ? `, at ${cell.layer}` : ""}
        </span>
      )}
      {cell && come < of && (
        <span>
          Known of {formatCount(come)} of {formatCount(of)} layers
        </span>
      )}
      <span>{chosen}</span>
    </>
  );
}

function Lines({
  layer,
  column: { target, bits },
}: {
  readonly layer: LayerSummary;
  readonly column: Column;
}) {
  const key = cellKey(layer.id, target, bits);
  const known = useStore((state) => shown(key, state.cells, state.predictions));
  const predicted = useStore((state) => state.predictions.get(key)?.cell);
  const estimator = useStore((state) => state.estimator);
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const synthetic = useStore((state) => state.data?.kind === "synthetic");
  if (!has(layer, target)) return <span>Nothing to quantize here</span>;
  if (bits === floating) return <span>Not quantized: no loss, no saving</span>;
  if (!known) return <span>Not yet known</span>;
  if (isFailed(known)) return <span>Failed: {failureOf(known)}</span>;
  const drop = dropWords(known);
  const { finding } = known;
  const value = (of: Finding) =>
    `${metricName(metric)} ${formatDivergenceFinding(of)}${metric === "mse" ? "" : " nats"}`;
  return (
    <>
      <span>
        {value(finding)}
        {drop && ` · ${drop}`}
      </span>
      <span>
        {sourceWords(finding, estimator)} alone, n={formatCount(finding.n)}, 95 % interval
        {synthetic ? ", synthetic data" : ""}
      </span>
      {finding.source === "measured" && predicted && (
        <span className="cell-tip-also">
          {sourceWords(predicted.finding, estimator)} before: {formatDivergence(predicted.finding.value)}
        </span>
      )}
      {layer.sharedWith.length > 0 && target === "activation" && (
        <span>Shared with {layer.sharedWith.join(", ")}</span>
      )}
    </>
  );
}
