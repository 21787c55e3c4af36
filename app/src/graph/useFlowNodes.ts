// The elements that React Flow draws: nodes near what is seen, and the one that Tab leads to. Those that did not change stay the
// same objects, so that only the others are drawn again.

import { useMemo, useRef } from "react";
import type { Scene } from "../state/graphScene.ts";
import type { NodeView } from "./GraphNode.tsx";
import { type Layout, nodeHeight, nodeWidth } from "./layout.ts";
import type { NodeFigure } from "./nodeFigures.ts";

interface Asked {
  readonly scene: Scene;
  readonly layout: Layout;
  readonly figures: readonly (NodeFigure | null)[];
  /** Indices of nodes that are near, selected, searched for; and of the one that Tab leads to. */
  readonly seen: readonly number[];
  readonly selected: ReadonlySet<number>;
  readonly hits: ReadonlySet<number>;
  readonly at: number;
  readonly dark: boolean;
  readonly unit: string;
  readonly onPick: NodeView["onPick"];
}

export function useFlowNodes(asked: Asked): FlowNode[] {
  const { scene, layout, figures, seen, selected, hits, at, dark, unit, onPick } = asked;
  const cache = useRef(new Map<string, FlowNode>());
  return useMemo(() => {
    const kept = new Map<string, FlowNode>();
    for (const i of seen.includes(at) ? seen : [...seen, at]) {
      const node = scene.nodes[i];
      if (!node) continue;
      const data: NodeView = {
        node,
        figure: figures[i] ?? null,
        selected: selected.has(i),
        found: hits.has(i),
        tabbable: i === at,
        dark,
        unit,
        onPick,
      };
      const place = { x: layout.places[2 * i] as number, y: layout.places[2 * i + 1] as number };
      const before = cache.current.get(node.key);
      kept.set(node.key, before && unchanged(before, data, place) ? before : flowNode(node.key, data, place));
    }
    cache.current = kept;
    return [...kept.values()];
  }, [scene, layout, figures, seen, selected, hits, at, dark, unit, onPick]);
}

type FlowNode = ReturnType<typeof flowNode>;

interface Point {
  readonly x: number;
  readonly y: number;
}

const flowNode = (id: string, data: NodeView, position: Point) => ({
  id,
  type: "node" as const,
  position,
  data,
  width: nodeWidth,
  height: nodeHeight,
  // Known, so that none has to be measured first.
  measured: { width: nodeWidth, height: nodeHeight },
});

function unchanged({ data: before, position }: FlowNode, data: NodeView, place: Point): boolean {
  if (position.x !== place.x || position.y !== place.y) return false;
  return (Object.keys(data) as (keyof NodeView)[]).every((key) => before[key] === data[key]);
}
