// Which nodes of the drawing are near what is seen: those that become elements. Changes in steps, not with every pixel.

import { useStoreApi } from "@xyflow/react";
import { useEffect, useState } from "react";
import { type Layout, nodeHeight, nodeWidth } from "./layout.ts";
import { readable, type View } from "./paintGraph.ts";

/** Steps in which the seen part moves, and how far around it elements are kept; pixels of the screen. */
const step = 160;

interface Room {
  readonly width: number;
  readonly height: number;
}

/** Indices of nodes near what is seen; none where they are too small to be read. */
export function near(layout: Layout, { x, y, zoom }: View, { width, height }: Room): number[] {
  if (zoom < readable) return [];
  const snap = (value: number) => Math.floor(value / step) * step;
  const left = (snap(-x) - step) / zoom - nodeWidth;
  const top = (snap(-y) - step) / zoom - nodeHeight;
  const right = (snap(width - x) + 2 * step) / zoom;
  const bottom = (snap(height - y) + 2 * step) / zoom;
  const found: number[] = [];
  for (let i = 0; i < layout.places.length / 2; i++) {
    const [u, v] = [layout.places[2 * i] as number, layout.places[2 * i + 1] as number];
    if (u >= left && u <= right && v >= top && v <= bottom) found.push(i);
  }
  return found;
}

/** Elements that are made at once: making all of a screenful would hold the page. */
const slice = 48;

/** What is to be drawn next of what is wanted: all that is there already and still wanted, and some more. */
export function grown(there: readonly number[], wanted: readonly number[], more = slice): readonly number[] {
  if (there.length === wanted.length && there.every((i, at) => i === wanted[at])) return there;
  const had = new Set(there);
  let room = more;
  return wanted.filter((i) => had.has(i) || room-- > 0);
}

export interface Seen {
  /** Indices of nodes that are elements. */
  readonly nodes: readonly number[];
  /** There will be more of them soon. */
  readonly growing: boolean;
}

/** @param onView called at each change of what is seen */
export function useSeen(layout: Layout, room: Room, onView: (view: View) => void): Seen {
  const store = useStoreApi();
  const [wanted, setWanted] = useState<readonly number[]>([]);
  const [nodes, setNodes] = useState<readonly number[]>([]);
  useEffect(() => {
    let before = "";
    const look = () => {
      const [x, y, zoom] = store.getState().transform;
      onView({ x, y, zoom });
      // Only when it has moved by a step or is scaled otherwise.
      const key = `${Math.floor(-x / step)} ${Math.floor(-y / step)} ${zoom}`;
      if (key === before) return;
      before = key;
      const next = near(layout, { x, y, zoom }, room);
      setWanted((last) => grown(last, next, next.length));
    };
    look();
    return store.subscribe(look);
  }, [store, layout, room, onView]);
  const growing = nodes.length !== wanted.length || nodes !== grown(nodes, wanted, 0);
  useEffect(() => {
    if (!growing) return;
    const frame = requestAnimationFrame(() => setNodes((there) => grown(there, wanted)));
    return () => cancelAnimationFrame(frame);
  });
  return { nodes, growing };
}
