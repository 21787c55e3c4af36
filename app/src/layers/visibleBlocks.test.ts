import { expect, it } from "vitest";
import { blockRows, rowHeight } from "./columns.ts";
import { visibleBlocks } from "./visibleBlocks.ts";

const rows = 5000;

it("covers what is in view at any place, with few blocks and keys of their own", () => {
  for (const height of [100, 640, 2000]) {
    for (let scrollTop = 0; scrollTop < rows * rowHeight; scrollTop += 997) {
      const blocks = visibleBlocks({ scrollTop, height }, rows, 1234);
      const drawn = new Set(blocks.map(({ index }) => index));
      for (let y = scrollTop; y < Math.min(scrollTop + height, rows * rowHeight); y += rowHeight) {
        expect(drawn.has(Math.floor(y / rowHeight / blockRows))).toBe(true);
      }
      expect(new Set(blocks.map(({ key }) => key)).size).toBe(blocks.length);
      expect(blocks.length).toBeLessThan(height / rowHeight / blockRows + 6);
      expect(blocks.filter(({ key }) => key === "focused")).toEqual([
        { index: Math.floor(1234 / blockRows), key: "focused" },
      ]);
    }
  }
});

it("uses the elements of blocks that go for those that come", () => {
  const height = 10 * rowHeight;
  const keys = (scrollTop: number) => visibleBlocks({ scrollTop, height }, rows, 0).map(({ key }) => key);
  const all = new Set(Array.from({ length: 200 }, (_, i) => keys(i * 300)).flat());
  expect(all.size).toBeLessThan(8);
});

it("has none where there are no rows", () => {
  expect(visibleBlocks({ scrollTop: 0, height: 500 }, 0, 0)).toEqual([]);
});
