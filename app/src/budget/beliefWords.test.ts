import { describe, expect, it } from "vitest";
import { beliefWords, interactionWords } from "./beliefWords.ts";

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
