import { describe, expect, it } from "vitest";
import { roundSizes, scaleOf } from "./frontScale.ts";

const marks = [
  { bytes: 60_000, value: 0.5 },
  { bytes: 735_000, value: 1e-7 },
];

describe("the scale of the front", () => {
  it("puts small and lossy at the upper left", () => {
    const { x, y } = scaleOf(marks, 480);
    expect(x(60_000)).toBeLessThan(x(735_000));
    expect(y(0.5)).toBeLessThan(y(1e-7));
    expect(y(0)).toBe(y(1e-7));
  });

  it("writes sizes that do not run into each other, at least two", () => {
    for (const width of [200, 320, 480, 900]) {
      const { x, bytes } = scaleOf(marks, width);
      for (const [i, size] of bytes.slice(1).entries())
        expect(x(size) - x(bytes[i] as number)).toBeGreaterThanOrEqual(52);
    }
    expect(roundSizes(210_000, 240_000)).toHaveLength(2);
    expect(roundSizes(60_000, 735_000)).toEqual([100_000, 200_000, 500_000]);
  });
});
