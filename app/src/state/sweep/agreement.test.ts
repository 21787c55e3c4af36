import type { Target } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { agreement, rankCorrelation } from "./agreement.ts";
import { cellKey, type KnownCell, type Prediction } from "./known.ts";

describe("rank correlation", () => {
  it("is of the order alone", () => {
    expect(rankCorrelation([1, 2, 3, 4], [10, 20, 1000, 1e9])).toBe(1);
    expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBe(-1);
    // Ranks 1..5 against 2 1 4 3 5: 1 − 6·4 / (5·24).
    expect(rankCorrelation([1, 2, 3, 4, 5], [7, 6, 9, 8, 10])).toBeCloseTo(0.8);
  });

  it("gives ties their mean rank, and says nothing of what is all the same", () => {
    // Ranks 1.5 1.5 3 4 against 1 2 3 4: Pearson of those.
    expect(rankCorrelation([5, 5, 6, 7], [1, 2, 3, 4])).toBeCloseTo(0.9486833);
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull();
  });
});

const cells = new Map<string, KnownCell>();
const predictions = new Map<string, Prediction>();
const put = (layer: string, target: Target, bits: number | string, predicted: number, measured: number) => {
  const key = cellKey(layer, target, bits);
  const cell = (value: number, source: "measured" | "predicted") => ({
    ...{ layer, target, bits, drop: null },
    finding: { value, low: value, high: value, n: 8, source, of: key },
  });
  cells.set(key, { cell: cell(measured, "measured"), asked: 8 });
  predictions.set(key, { cell: cell(predicted, "predicted"), asked: 8 });
};

it("compares cells within their column, and averages the columns by their cells", () => {
  for (const i of [1, 2, 3, 4]) put(`l${i}`, "weight", 4, 2 * i, i);
  for (const i of [1, 2, 3, 4]) put(`l${i}`, "weight", 2, 100 * i, 500 - 100 * i);
  for (const i of [1, 2, 3]) put(`l${i}`, "activation", "nf4", i, i);
  put("l9", "weight", 4, 1, Number.NaN);
  const { points, columns, spearman } = agreement(cells, predictions);
  expect(points).toHaveLength(11);
  expect(columns.map(({ target, bits, n, spearman }) => [target, bits, n, spearman])).toEqual([
    ["weight", 4, 4, 1],
    ["weight", 2, 4, -1],
    ["activation", "nf4", 3, null],
  ]);
  expect(spearman).toBe(0);
  expect(columns[0]?.ratio).toBe(2);
});

it("knows nothing while nothing is both", () => {
  expect(agreement(new Map(), predictions)).toEqual({ points: [], columns: [], spearman: null });
});
