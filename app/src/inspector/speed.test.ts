import { baseSchemes } from "@bitscape/engine";
import { expect, it } from "vitest";
import { speedHint } from "./speed.ts";

const w = baseSchemes.weight;
const a = baseSchemes.activation;
const conv = (shape: readonly number[], depthwise = false) => ({
  op: "Conv",
  depthwise,
  weights: [{ name: "w", shape, dtype: "float32" as const, bytes: 0, elements: 0 }],
});
const dense = { op: "MatMul", depthwise: false, weights: [] };

it.each([
  [conv([8, 8, 3, 3]), undefined, undefined, /^as fast as float/],
  [conv([8, 8, 3, 3]), w, undefined, /^as float: .* at load/],
  [conv([8, 8, 3, 3]), w, a, /1\.5 times as fast/],
  [conv([8, 8, 1, 1]), w, a, /1\.2 times as fast: .*1×1/],
  // The one case in which 8-bit integers are a loss: it must never be called fast.
  [conv([8, 1, 3, 3], true), w, a, /^slower: integer depthwise/],
  [dense, w, a, /1\.7 times as fast/],
  [
    dense,
    { ...w, format: "int4", granularity: { block: 32 } },
    undefined,
    /^slower: weights are decoded at every run/,
  ],
  [conv([8, 8, 3, 3]), { ...w, format: "nf4" }, a, /^slower: rounding is added/],
  [conv([8, 8, 3, 3]), undefined, a, /^a little slower/],
] as const)("%o with %o and %o", (layer, weight, activation, words) => {
  expect(speedHint({ layer, weight, activation })).toMatch(words);
});
