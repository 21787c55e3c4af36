import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { drawSpread, guessSpread, poolSpread, standing } from "./standing.ts";

const nothing = { draws: [], samples: 0, poolSpread: 0 };

describe("standing", () => {
  test("is the prediction until something is measured, and unknown without one", () => {
    const { finding, spread } = standing({ mean: 1e-3, error: 1e-4 }, nothing, "cell");
    expect(finding).toMatchObject({ value: 1e-3, source: "predicted", of: "cell" });
    expect(finding.low).toBeLessThan(1e-3);
    expect(finding.high).toBeGreaterThan(1e-3);
    expect(spread).toBe(guessSpread({ mean: 1e-3, error: 1e-4 }));
    expect(standing(undefined, nothing, "cell").finding).toMatchObject({ value: Number.NaN, low: 0 });
  });

  test("leans on a good prediction while draws are few, and on draws where it is only a hint", () => {
    const draws = Array.from({ length: 8 }, (_, i) => 4e-4 * (1 + 0.1 * i));
    const good = standing({ mean: 1e-4, error: 0 }, { draws, samples: 8, poolSpread: 0 }, "cell").finding;
    expect(good.value).toBeLessThan(2e-4);
    const big = draws.map((x) => x * 2e3);
    const hint = standing({ mean: 0.2, error: 0 }, { draws: big, samples: 8, poolSpread: 0 }, "cell").finding;
    expect(hint.value).toBeGreaterThan(0.5);
    expect(hint).toMatchObject({ source: "measured", n: 8 });
  });

  test("narrows with draws, and is the mean itself once all is measured", () => {
    const random = seededRandom(5);
    const draws = Array.from({ length: 256 }, () => Math.exp(normal(random)));
    const of = (count: number) =>
      standing(undefined, { draws: draws.slice(0, count), samples: count, poolSpread: 0 }, "cell").spread;
    expect(of(64)).toBeLessThan(of(16));
    expect(of(256)).toBeCloseTo(drawSpread(draws), 12);
    const all = { ...nothing, samples: 4, all: [1, 2, 3, 4] };
    expect(standing({ mean: 9, error: 0 }, all, "cell")).toMatchObject({
      finding: { value: 2.5, n: 4 },
      spread: 0,
    });
  });

  test("holds the mean of other samples of the same kind", () => {
    const random = seededRandom(8);
    let held = 0;
    for (let round = 0; round < 400; round++) {
      const values = Array.from({ length: 32 }, () => Math.exp(1.2 * normal(random) - 0.72));
      const measured = { draws: values, samples: 32, poolSpread: poolSpread(values, values, 256) };
      const { low, high } = standing({ mean: 0.7, error: 0.1 }, measured, "cell").finding;
      if (low <= 1 && 1 <= high) held++;
    }
    expect(held / 400).toBeGreaterThan(0.95);
  });

  test("draws that are all zero bound the mean as any divergence", () => {
    const measured = { draws: [0, 0, 0], samples: 3, poolSpread: 0 };
    expect(standing({ mean: 1e-9, error: 0 }, measured, "cell").finding).toMatchObject({
      value: 0,
      low: 0,
      high: 1,
    });
  });
});

test("a pool is one sample of more: its mean's own spread", () => {
  const values = [1, 1, 1, 5];
  const mean = 2;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4;
  expect(poolSpread(values, values, 100)).toBeCloseTo(Math.sqrt(variance / 100) / mean, 12);
});
