import { expect, it } from "vitest";
import { nodeHeight, nodeWidth } from "./layout.ts";
import { about } from "./useMovement.ts";

const layout = { width: 2000, height: 1000, places: Float32Array.of(0, 0, 1000, 500, 1848, 960), lines: [] };
const room = { width: 600, height: 400 };

it("shows a node in the middle, and at an edge of the drawing no more of nothing than a margin", () => {
  const { x, y } = about(layout, room, 1, 1);
  expect([x + 1000 + nodeWidth / 2, y + 500 + nodeHeight / 2]).toEqual([300, 200]);
  expect(about(layout, room, 0, 1)).toEqual({ x: 32, y: 32, zoom: 1 });
  const last = about(layout, room, 2, 1);
  expect([last.x + layout.width, last.y + layout.height]).toEqual([600 - 32, 400 - 32]);
});

it("shows a small drawing in the middle of its room, whichever node one is on", () => {
  const small = { ...layout, width: 300, height: 100 };
  expect(about(small, room, 0, 1)).toEqual({ x: 150, y: 150, zoom: 1 });
});
