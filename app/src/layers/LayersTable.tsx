// The heatmap as a table: the same rows and figures in words, for those who cannot see colours, and for saving.

import { useMemo } from "react";
import { chosenBits, floating, has } from "../state/edits.ts";
import { arranged } from "../state/rows/grouping.ts";
import { useStore } from "../state/store.ts";
import { cellKey, isFailed, shown } from "../state/sweep/known.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { formatDivergence } from "../ui/numbers.ts";
import { PagedTable } from "../ui/PagedTable.tsx";
import { columnsFor } from "./columns.ts";
import { rowSizes } from "./rowSizes.ts";
import { bitsName, metricName } from "./words.ts";

interface Props {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function LayersTable({ open, onOpenChange }: Props) {
  const model = useStore((state) => state.model);
  return (
    <Dialog title="Layers as a table" open={open} onOpenChange={onOpenChange} width={1200}>
      {open && model && <Table name={model.name} />}
    </Dialog>
  );
}

function Table({ name }: { readonly name: string }) {
  const recipe = useStore((state) => state.recipe);
  const cells = useStore((state) => state.cells);
  const predictions = useStore((state) => state.predictions);
  const report = useStore((state) => state.size?.value ?? null);
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const filter = useStore((state) => state.filter);
  const { order } = arranged();
  const columns = useMemo(
    () =>
      columnsFor(
        recipe,
        order.map(({ id }) => id),
      ).filter(({ bits }) => bits !== floating),
    [recipe, order],
  );
  const sizes = useMemo(() => rowSizes(order, report), [order, report]);
  const unit = metric === "mse" ? "" : " in nats";
  return (
    <PagedTable
      caption={`${metricName(metric)}${unit} that each layer adds alone, by format; p = predicted, m = measured${filter === "" ? "" : `; filtered by “${filter}”`}`}
      heads={[
        "Layer",
        "Operator",
        "Float bytes",
        "Bytes now",
        "Weights now",
        "Activations now",
        ...columns.map((column) => `${column.target} ${bitsName(column)}`),
      ]}
      count={order.length}
      file={`${name.replace(/\.onnx$/i, "")}.layers.csv`}
      row={(index) => {
        const layer = order[index];
        if (!layer) return [];
        const { id, op } = layer;
        const size = sizes.get(id);
        const now = (target: "weight" | "activation") =>
          has(layer, target) ? bitsName({ bits: chosenBits(recipe, id, target) }) : "–";
        return [
          id,
          layer.depthwise ? `depthwise ${op}` : op,
          size ? String(size.float) : "–",
          size && !Number.isNaN(size.now) ? String(size.now) : "–",
          now("weight"),
          now("activation"),
          ...columns.map(({ target, bits }) => {
            if (!has(layer, target) || bits === floating) return "–";
            const cell = shown(cellKey(id, target, bits), cells, predictions);
            if (!cell) return "";
            if (isFailed(cell)) return "failed";
            return `${formatDivergence(cell.finding.value)} ${cell.finding.source === "measured" ? "m" : "p"}`;
          }),
        ];
      }}
    />
  );
}
