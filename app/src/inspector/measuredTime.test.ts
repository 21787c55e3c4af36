import { baseSchemes, type LayerSummary } from "@bitscape/engine";
import { expect, it } from "vitest";
import { measuredTime } from "./measuredTime.ts";

const layer: LayerSummary = {
  ...{ id: "a", op: "Conv", macs: null, sharedWith: [], depthwise: false, activations: ["x"] },
  weights: [{ name: "w", shape: [2, 2], dtype: "float32", bytes: 16, elements: 4 }],
};
const timed = {
  from: "measured on this device",
  times: {
    beside: 0,
    layers: { a: { kept: 0.002, seconds: { "float/": 0.002, "8/": 0.0012345 } } },
  },
};

it("says what was measured, and nothing of what was not", () => {
  const eight = { weight: baseSchemes.weight, activation: undefined };
  expect(measuredTime(timed, layer, eight, "activation")).toBe(
    "1.2 ms of a run, float 2 ms (measured on this device)",
  );
  const four = { ...eight, weight: { ...baseSchemes.weight, format: "int4" } };
  expect(measuredTime(timed, layer, four, "activation")).toBeNull();
  expect(measuredTime(timed, { ...layer, id: "b" }, eight, "activation")).toBeNull();
});
