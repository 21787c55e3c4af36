// Where an arrow key leads from a node: along edges with the flow (right) and against it (left), and among neighbours (up, down).
// Pure.

import type { Neighbours } from "../state/graphScene.ts";
import { type Layout, nodeHeight, nodeWidth } from "./layout.ts";

export type Arrow = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

export const isArrow = (key: string): key is Arrow => /^Arrow(Left|Right|Up|Down)$/.test(key);

/** Index of the node that a key leads to; the same where there is none that way. */
export function walk(
  from: number,
  key: Arrow,
  { before, after }: Neighbours,
  { places }: Pick<Layout, "places">,
): number {
  const x = (node: number) => places[2 * node] as number;
  const y = (node: number) => places[2 * node + 1] as number;
  const nearest = (nodes: readonly number[], distance: (node: number) => number) =>
    nodes.reduce((best, node) => (distance(node) < distance(best) ? node : best), nodes[0] ?? from);
  const level = (node: number) => Math.abs(y(node) - y(from));
  if (key === "ArrowRight") return nearest(after[from] ?? [], level);
  if (key === "ArrowLeft") return nearest(before[from] ?? [], level);
  const way = key === "ArrowDown" ? 1 : -1;
  const beyond = (node: number) => way * (y(node) - y(from)) > nodeHeight / 2;
  // Others that the same nodes feed, or that feed the same ones, are nearer in meaning than whatever is drawn below.
  const kin = new Set([
    ...(before[from] ?? []).flatMap((node) => after[node] ?? []),
    ...(after[from] ?? []).flatMap((node) => before[node] ?? []),
  ]);
  const siblings = [...kin].filter(beyond);
  if (siblings.length > 0) return nearest(siblings, level);
  const column = before.flatMap((_, node) =>
    beyond(node) && Math.abs(x(node) - x(from)) < nodeWidth ? [node] : [],
  );
  return nearest(column, level);
}
