// Each outline covers a sensible part of its frame and no two cover the same part.

import { expect, it } from "vitest";
import { type Outline, outlines } from "./outline.ts";

const points = Array.from({ length: 41 }, (_, k) => -1.2 + (2.4 * k) / 40);

function mask(outline: Outline): string {
  return points.map((y) => points.map((x) => (outline(x, y, 0.5) ? "#" : ".")).join("")).join("\n");
}

it.each(Object.entries(outlines))("%s stays inside its frame", (_, outline) => {
  const share = mask(outline).split("#").length / points.length ** 2;
  expect(share).toBeGreaterThan(0.08);
  expect(share).toBeLessThan(0.6);
  for (const t of points) {
    for (const [x, y] of [
      [t, 1.2],
      [t, -1.2],
      [1.2, t],
      [-1.2, t],
    ] as const) {
      expect(outline(x, y, 0.5)).toBe(false);
    }
  }
});

it("draws twelve different figures", () => {
  expect(new Set(Object.values(outlines).map(mask)).size).toBe(12);
});
