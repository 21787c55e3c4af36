// The graph as a table: each node with what feeds it and what it feeds, for those who cannot see the drawing.

import type { GraphOutline } from "@bitscape/engine";
import { useMemo } from "react";
import { bitsName } from "../layers/words.ts";
import { chosenBits, has, targets } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { formatShape } from "../ui/numbers.ts";
import { PagedTable } from "../ui/PagedTable.tsx";

interface Props {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly outline: GraphOutline;
}

export function GraphTable({ open, onOpenChange, outline }: Props) {
  return (
    <Dialog title="Graph as a table" open={open} onOpenChange={onOpenChange} width={1200}>
      {open && <Table outline={outline} />}
    </Dialog>
  );
}

function Table({ outline: { nodes, edges } }: Pick<Props, "outline">) {
  const model = useStore((state) => state.model);
  const recipe = useStore((state) => state.recipe);
  const layers = useMemo(() => new Map(model?.layers.map((layer) => [layer.id, layer])), [model]);
  const { before, after } = useMemo(() => {
    const before = nodes.map((): string[] => []);
    const after = nodes.map((): string[] => []);
    for (const { from, to } of edges) {
      before[to]?.push(nodes[from]?.id ?? "");
      after[from]?.push(nodes[to]?.id ?? "");
    }
    return { before, after };
  }, [nodes, edges]);
  return (
    <PagedTable
      caption="Nodes in the order in which they are computed"
      heads={["Node", "Operator", "Output shape", "Weights now", "Activations now", "Fed by", "Feeds"]}
      count={nodes.length}
      file={`${(model?.name ?? "model").replace(/\.onnx$/i, "")}.graph.csv`}
      row={(i) => {
        const node = nodes[i];
        if (!node) return [];
        const layer = node.layer === undefined ? undefined : layers.get(node.layer);
        const now = targets.map((target) =>
          layer && has(layer, target) ? bitsName({ bits: chosenBits(recipe, layer.id, target) }) : "–",
        );
        const shape = node.shape ? formatShape(node.shape) : "unknown";
        return [node.id, node.op, shape, ...now, (before[i] ?? []).join(", "), (after[i] ?? []).join(", ")];
      }}
    />
  );
}
