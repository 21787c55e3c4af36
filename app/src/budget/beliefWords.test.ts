import { describe, expect, it } from "vitest";
import { beliefWords, fallWords, interactionWords, measuredFall } from "./beliefWords.ts";

const predicted = { value: 1.2, low: 0.8, high: 1.6 };
const measured = { value: 6.3, low: 5.9, high: 6.7, n: 1000, source: "measured", of: "" } as const;

describe("beliefWords", () => {
  it("sets what was measured beside what was predicted", () => {
    expect(beliefWords(predicted, { kind: "unmeasured" })).toBe(
      "Predicted 1.20 (0.80 to 1.6); not measured yet.",
    );
    expect(beliefWords(predicted, { kind: "more", measured })).toBe(
      "Predicted 1.20 (0.80 to 1.6), measured 6.30 ±0.4, n=1,000: these layers interact.",
    );
  });
});

describe("interactionWords", () => {
  const parts = ["a", "b"].map((layer) => ({ layer, value: 1, half: 0 }));

  it("names the pairs that add, and the dearest layers where none does", () => {
    const pairs = { layers: ["a", "b"], matrix: Float64Array.of(1, 0.5, 0.5, 1) };
    expect(interactionWords(parts, pairs, "more")).toBe("a × b (+1.0).");
    expect(interactionWords(parts, pairs, "less")).toMatch(/^No pair explains it; .*: a, b\.$/);
  });
});

describe("words of a fall", () => {
  it("are in points, with their interval; a rise is none", () => {
    expect(fallWords({ value: 0.0112, low: 0, high: 0.031 })).toBe(
      "top-1 falls by 1.1 points (0 to 3.1) predicted from the loss",
    );
    expect(measuredFall(0.972, 0.968)).toBe("0.4 measured");
    expect(measuredFall(0.972, 0.975)).toBe("a rise of 0.3 measured");
  });
});
