// What a node of the graph is called where it cannot be seen: on the page by those who listen, in a file on hover.

import type { SceneNode } from "../state/graphScene.ts";
import { formatDivergence } from "../ui/numbers.ts";
import type { NodeFigure } from "./nodeFigures.ts";

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

/** The innermost module around a node: many blocks have a conv1. */
export function around({ node, module, label }: SceneNode): string {
  const path = node === null ? module.slice(0, -label.length).replace(/\/$/, "") : module;
  return path.split("/").at(-1) ?? "";
}
