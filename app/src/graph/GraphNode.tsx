// A node that can be read: its name, its operator, the bits that are chosen for it, and the colour of what they cost.

import { memo } from "react";
import { lossColour } from "../charts/colour.ts";
import type { SceneNode } from "../state/graphScene.ts";
import { formatDivergence } from "../ui/numbers.ts";
import type { NodeFigure } from "./nodeFigures.ts";

export interface NodeView extends Record<string, unknown> {
  readonly node: SceneNode;
  readonly figure: NodeFigure | null;
  readonly selected: boolean;
  readonly found: boolean;
  readonly tabbable: boolean;
  readonly dark: boolean;
  /** "KL, nats" or what else the colour means. */
  readonly unit: string;
  readonly onPick: (node: SceneNode) => void;
}

export const GraphNode = memo(function GraphNode({ data }: { readonly data: NodeView }) {
  const { node, figure, selected, found, tabbable, dark, unit } = data;
  const loss = figure?.loss ?? null;
  const module = node.node === null;
  return (
    <button
      type="button"
      className="graph-node"
      aria-label={nodeName(node, figure, unit)}
      aria-pressed={selected}
      {...(module && { "aria-expanded": false })}
      tabIndex={tabbable ? 0 : -1}
      data-key={node.key}
      data-module={module || undefined}
      data-layer={node.layers.length > 0 || undefined}
      data-found={found || undefined}
      title={module ? node.module : node.key}
      onClick={() => data.onPick(node)}
    >
      <i
        className="graph-swatch"
        data-predicted={figure?.predicted || undefined}
        {...(loss !== null && { style: { background: lossColour(loss, dark) } })}
      />
      <span className="graph-label">
        <bdi>
          {around(node) !== "" && <span>{around(node)}/</span>}
          {node.label}
        </bdi>
      </span>
      <span className="graph-op">
        {node.op}
        {figure && <b>{figure.bits}</b>}
      </span>
    </button>
  );
});

/** The innermost module around a node: many blocks have a conv1. */
function around({ node, module, label }: SceneNode): string {
  const path = node === null ? module.slice(0, -label.length).replace(/\/$/, "") : module;
  return path.split("/").at(-1) ?? "";
}

/** "/layer1/conv1/Conv, Conv, W4 A8, 0.0123 KL, nats predicted": what cannot be seen. */
export function nodeName(node: SceneNode, figure: NodeFigure | null, unit: string): string {
  const head = node.node === null ? `Module ${node.module}, ${node.op}` : `${node.key}, ${node.op}`;
  if (!figure) return head;
  const source = figure.predicted ? "predicted" : "measured";
  const known = figure.known < figure.of ? `, known of ${figure.known} of ${figure.of}` : "";
  const loss =
    figure.of === 0
      ? "not quantized"
      : figure.loss === null
        ? "loss not yet known"
        : `${node.layers.length > 1 ? "worst " : ""}${formatDivergence(figure.loss)} ${unit} ${source}${known}`;
  return `${head}, ${figure.bits}, ${loss}`;
}
