import type { Cell, LayerSummary } from "@bitscape/engine";
import { expect, it } from "vitest";
import { cellName, dropWords, groupCellName, withoutWords } from "./words.ts";

const layer: LayerSummary = {
  id: "fire2/squeeze1x1",
  op: "Conv",
  weights: [{ name: "w", shape: [16, 64, 1, 1], dtype: "float32", bytes: 4096, elements: 1024 }],
  macs: null,
  activations: [],
  sharedWith: [],
  depthwise: false,
};
const finding = (value: number, half: number) =>
  ({ value, low: value - half, high: value + half, n: 64, source: "measured", of: "" }) as const;
const cell: Cell = {
  layer: layer.id,
  target: "weight",
  bits: 4,
  finding: finding(0.0123, 0.002),
  drop: finding(0.004, 0.008),
};
const of = { synthetic: false, metric: "kl", estimator: "gauss-newton" } as const;
const column = { target: "weight", bits: 4 } as const;

it("names a measured cell with its interval and samples", () => {
  expect(cellName(layer, column, cell, of)).toBe(
    "fire2/squeeze1x1, weight, 4 bits, KL 0.0123 ±0.002, measured on 64 samples",
  );
});

it("says so where the data are synthetic", () => {
  expect(cellName(layer, column, cell, { ...of, synthetic: true })).toContain(
    "measured on 64 synthetic samples",
  );
});

it("says of a prediction how it was made, and names formats", () => {
  const predicted = { ...cell, bits: "nf4", finding: { ...cell.finding, source: "predicted" } } as const;
  expect(cellName(layer, { target: "weight", bits: "nf4" }, predicted, { ...of, estimator: "hawq" })).toBe(
    "fire2/squeeze1x1, weight, NF4, KL 0.0123 ±0.002, predicted (HAWQ trace) on 64 samples",
  );
});

it("names the other states", () => {
  expect(cellName(layer, column, undefined, of)).toBe("fire2/squeeze1x1, weight, 4 bits, not yet known");
  expect(cellName(layer, { target: "weight", bits: "fp" }, undefined, of)).toBe(
    "fire2/squeeze1x1, weight, float, not quantized, no loss",
  );
  expect(cellName(layer, { target: "activation", bits: 8 }, undefined, of)).toBe(
    "fire2/squeeze1x1, activation, 8 bits, nothing to quantize",
  );
  const failed = { ...cell, finding: finding(Number.NaN, 0), failure: "conv1: out of memory" };
  expect(cellName(layer, column, failed, of)).toContain("failed: conv1: out of memory");
  expect(dropWords(failed)).toBeNull();
});

it("writes the drop as a change of top-1", () => {
  expect(dropWords(cell)).toBe("top-1 −0.4 % ±0.8");
  expect(dropWords({ ...cell, drop: null })).toBeNull();
});

it("says once which layers cannot be predicted, and why", () => {
  const gru = { layer: "a", reason: "GRU has no gradient rule" };
  expect(withoutWords([gru])).toBe("1 layer cannot be predicted: GRU has no gradient rule; it is measured");
  const many = ["b", "c", "d"].map((layer) => ({ layer, reason: `${layer} is odd.` }));
  expect(withoutWords([gru, { ...gru, layer: "e" }, ...many])).toBe(
    "5 layers cannot be predicted: GRU has no gradient rule, b is odd and 2 more reasons; they are measured",
  );
});

it("names a group's cell with how it is shared, how much is known and who has chosen it", () => {
  const group = { path: "fire2", layers: [layer, layer, layer] };
  const box = { applies: true, cell, chosen: 1 / 3, of: 3, known: 2, choosing: 1 };
  const name = (more: object, sharing: "worst" | "sum" = "worst") =>
    groupCellName(group, column, { ...box, ...more }, { ...of, sharing });
  expect(name({})).toBe(
    "fire2, group of 3 layers, weight, 4 bits, worst KL 0.0123 ±0.002, measured on 64 samples, known of 2 of 3, chosen by 1 of 3",
  );
  expect(name({ known: 3, choosing: 0 }, "sum")).toContain(
    "4 bits, sum of KL 0.0123 ±0.002, measured on 64 samples",
  );
  expect(name({ cell: undefined, known: 0, choosing: 0 })).toBe(
    "fire2, group of 3 layers, weight, 4 bits, not yet known",
  );
  expect(name({ applies: false })).toContain("nothing to quantize");
});
