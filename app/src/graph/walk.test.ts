import { expect, it } from "vitest";
import type { Neighbours } from "../state/graphScene.ts";
import { walk } from "./walk.ts";

// 0 feeds 1 and 2, they feed 3; 4 stands below 3, alone.
const neighbours: Neighbours = { before: [[], [0], [0], [1, 2], []], after: [[1, 2], [3], [3], [], []] };
const layout = { places: Float32Array.of(0, 50, 200, 40, 200, 140, 400, 90, 400, 300) };
const to = (from: number, key: Parameters<typeof walk>[1]) => walk(from, key, neighbours, layout);

it("goes along the edges, to the nearest where there are several", () => {
  expect(to(0, "ArrowRight")).toBe(1);
  expect(to(1, "ArrowRight")).toBe(3);
  expect(to(3, "ArrowLeft")).toBe(1);
  expect(to(2, "ArrowLeft")).toBe(0);
});

it("goes up and down among siblings, then in the column", () => {
  expect(to(1, "ArrowDown")).toBe(2);
  expect(to(2, "ArrowUp")).toBe(1);
  expect(to(3, "ArrowDown")).toBe(4);
  expect(to(4, "ArrowUp")).toBe(3);
});

it("stays where nothing leads on", () => {
  expect(to(3, "ArrowRight")).toBe(3);
  expect(to(0, "ArrowLeft")).toBe(0);
  expect(to(1, "ArrowUp")).toBe(1);
});
