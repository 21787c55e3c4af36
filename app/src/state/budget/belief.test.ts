import type { Finding } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { dearest, interacting, verdictOf } from "./belief.ts";

const predicted = { value: 1.2, low: 0.8, high: 1.6 };
const measured = (value: number, half: number): Finding => ({
  value,
  low: value - half,
  high: value + half,
  n: 100,
  source: "measured",
  of: "",
});

describe("verdictOf", () => {
  it("holds a prediction refuted only where the intervals are apart", () => {
    expect(verdictOf(predicted, null, false).kind).toBe("unmeasured");
    expect(verdictOf(predicted, measured(1.9, 0.4), true).kind).toBe("within");
    expect(verdictOf(predicted, measured(1.9, 0.4), false).kind).toBe("measuring");
    expect(verdictOf(predicted, measured(6.3, 0.5), true).kind).toBe("more");
    expect(verdictOf(predicted, measured(0.3, 0.1), true).kind).toBe("less");
  });
});

describe("interacting", () => {
  const pairs = { layers: ["a", "b", "c"], matrix: Float64Array.of(1, 0.5, -0.9, 0.5, 1, 0.1, -0.9, 0.1, 1) };
  const parts = [
    { layer: "a", value: 4, half: 0 },
    { layer: "b", value: 1, half: 0 },
    { layer: "c", value: 9, half: 0 },
    { layer: "c activation", value: 100, half: 0 },
  ];

  it("names the pairs that add most to this recipe: 2 r √(S_a S_b)", () => {
    expect(interacting(parts, pairs, "more")).toEqual([
      { a: "a", b: "b", adds: 2 * 0.5 * 2 },
      { a: "b", b: "c", adds: expect.closeTo(2 * 0.1 * 3, 12) },
    ]);
    expect(interacting(parts, pairs, "less", 1)).toEqual([
      { a: "a", b: "c", adds: expect.closeTo(-10.8, 12) },
    ]);
  });

  it("has the dearest layers where no pair is known", () => {
    expect(dearest(parts, 2)).toEqual(["c activation", "c"]);
  });
});
