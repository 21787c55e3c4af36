// What of the drawing is brought into view: all of it, or a node.

import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import { type Layout, nodeHeight, nodeWidth } from "./layout.ts";
import { readable, type View } from "./paintGraph.ts";

export interface Room {
  readonly width: number;
  readonly height: number;
}

const margin = 32;

/** A whole drawing is shown at first where its nodes are then at least so large. */
const leastFit = 0.6;

/** The scale at which all can be seen. */
export const fitting = (layout: Layout, { width, height }: Room) =>
  Math.min(1, (width - 2 * margin) / layout.width, (height - 2 * margin) / layout.height);

/** The view of all, in the middle of its room. */
export function whole(layout: Layout, room: Room): View {
  const zoom = fitting(layout, room);
  const middle = (size: number, of: number) => (size - of * zoom) / 2;
  return { x: middle(room.width, layout.width), y: middle(room.height, layout.height), zoom };
}

/** A view with a node near its middle, and no more empty room beside the drawing than there has to be. */
export function about(layout: Layout, room: Room, node: number, zoom: number): View {
  const place = (size: number, of: number, middle: number) => {
    const spare = size - of * zoom;
    if (spare >= 2 * margin) return spare / 2;
    return Math.min(margin, Math.max(spare - margin, size / 2 - middle * zoom));
  };
  const [x, y] = [layout.places[2 * node] as number, layout.places[2 * node + 1] as number];
  return {
    x: place(room.width, layout.width, x + nodeWidth / 2),
    y: place(room.height, layout.height, y + nodeHeight / 2),
    zoom,
  };
}

/** Milliseconds that a movement takes. */
const moving = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200);

interface Asked {
  readonly layout: Layout;
  readonly room: Room;
  readonly view: RefObject<View>;
  /** The node that one is on. */
  readonly at: number;
  /** Changes when all is to be seen, and when the node that one is on is. */
  readonly fits: number;
  readonly shown: number;
}

/** Returns what brings a node into view, if it is not. */
export function useMovement({ layout, room, view, at, fits, shown }: Asked): (node: number) => void {
  const flow = useReactFlow();
  const centre = useCallback(
    (node: number, duration: number) => {
      const zoom = Math.max(view.current.zoom, 0.8);
      const [x, y] = [layout.places[2 * node] as number, layout.places[2 * node + 1] as number];
      void flow.setCenter(x + nodeWidth / 2, y + nodeHeight / 2, { zoom, duration });
    },
    [flow, layout, view],
  );
  const show = useCallback(
    (node: number) => {
      const { x, y, zoom } = view.current;
      const left = (layout.places[2 * node] as number) * zoom + x;
      const top = (layout.places[2 * node + 1] as number) * zoom + y;
      const edge = 8;
      const inside =
        left >= edge &&
        top >= edge &&
        left + nodeWidth * zoom <= room.width - edge &&
        top + nodeHeight * zoom <= room.height - edge;
      if (!inside || zoom < readable) centre(node, moving());
    },
    [layout, room, view, centre],
  );

  // A new drawing: all of it where that can be read, else where one is.
  const drawn = useRef<Layout | null>(null);
  useEffect(() => {
    if (room.width === 0 || drawn.current === layout) return;
    const first = drawn.current === null;
    drawn.current = layout;
    const fits = fitting(layout, room) >= leastFit;
    const zoom = first ? 0.8 : Math.max(view.current.zoom, 0.8);
    void flow.setViewport(first && fits ? whole(layout, room) : about(layout, room, at, zoom));
  }, [layout, room, view, flow, at]);

  useOnChange(fits, () => void flow.setViewport(whole(layout, room), { duration: moving() }));
  useOnChange(shown, () => show(at));
  return show;
}

/** Calls when a count has changed, not at first. */
function useOnChange(count: number, then: () => void): void {
  const before = useRef(count);
  useEffect(() => {
    if (before.current === count) return;
    before.current = count;
    then();
  });
}
