import { expect, it } from "vitest";
import { grouped } from "./skipped.ts";

it("groups by reason, the most frequent first", () => {
  const skipped = [
    { node: "a", reason: "no shape" },
    { node: "b", reason: "quantized already" },
    { node: "c", reason: "quantized already" },
  ];
  expect(grouped(skipped)).toEqual([
    { reason: "quantized already", nodes: ["b", "c"] },
    { reason: "no shape", nodes: ["a"] },
  ]);
  expect(grouped([])).toEqual([]);
});
