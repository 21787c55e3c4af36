// What a mixed recipe is expected to lose, and the fit that makes few samples monotone.

import { describe, expect, test } from "vitest";
import { jointLossOf } from "./joint.ts";
import { falling } from "./monotone.ts";

test("losses of few samples are made monotone", () => {
  expect(falling([4, 5, 1, 0])).toEqual([4.5, 4.5, 1, 0]);
  expect(falling([1, 2, 3])).toEqual([2, 2, 2]);
  expect(falling([])).toEqual([]);
});

describe("joint loss", () => {
  const parts = [
    { layer: "a", value: 1, half: 0.2 },
    { layer: "b", value: 4, half: 0.4 },
  ];
  test("is the sum, and with cross terms the quadratic form", () => {
    expect(jointLossOf(parts).value).toBe(5);
    // ½E[a²] = 1 and ½E[b²] = 4 at the widths of the parts; ½E[ab] = 1 where the matrix was taken: r = ½.
    const pairs = { layers: ["a", "b"], matrix: [2, 2, 2, 8] };
    expect(jointLossOf(parts, pairs).value).toBeCloseTo(1 + 4 + 2 * 0.5 * 2, 12);
  });

  test("measured joint recipes move it towards them and narrow it", () => {
    const before = jointLossOf(parts);
    const after = jointLossOf(parts, undefined, [
      { predicted: 5, measured: 10 },
      { predicted: 1, measured: 2 },
    ]);
    expect(after.value).toBeGreaterThan(before.value);
    expect(after.value).toBeLessThan(10);
    expect(after.high / after.low).toBeLessThan(before.high / before.low);
    expect(before.low).toBeLessThan(5);
    expect(before.high).toBeGreaterThan(5);
  });
});
