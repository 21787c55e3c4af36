// A node that can be read: its name, its operator, the bits that are chosen for it, and the colour of what they cost.

import { memo } from "react";
import { lossColour } from "../charts/colour.ts";
import type { SceneNode } from "../state/graphScene.ts";
import type { NodeFigure } from "./nodeFigures.ts";
import { around, nodeName } from "./nodeName.ts";

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
      </span>{" "}
      <span className="graph-op">
        {node.op} {figure && <b>{figure.bits}</b>}
      </span>
    </button>
  );
});
