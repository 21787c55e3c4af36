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

/** @param onView called at each change of what is seen */
export function useSeen(layout: Layout, room: Room, onView: (view: View) => void): readonly number[] {
  const store = useStoreApi();
  const [seen, setSeen] = useState<readonly number[]>([]);
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
      setSeen((last) => (last.length === next.length && last.every((i, at) => i === next[at]) ? last : next));
    };
    look();
    return store.subscribe(look);
  }, [store, layout, room, onView]);
  return seen;
}
