import { tensor } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { openSmall, smallDataset } from "../testing/data.ts";
import { gemmNet, type SmallNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { batchesOf, batchSize, leastBatch, rowOf } from "./batches.ts";

test("batches are cut in order; a fixed one is filled with its last sample", () => {
  expect([...batchesOf([4, 5, 6, 7, 8], 2, false)]).toEqual([
    { indices: [4, 5], count: 2 },
    { indices: [6, 7], count: 2 },
    { indices: [8], count: 1 },
  ]);
  expect([...batchesOf([4, 5, 6], 2, true)]).toEqual([
    { indices: [4, 5], count: 2 },
    { indices: [6, 6], count: 1 },
  ]);
  expect([...batchesOf([], 2, true)]).toEqual([]);
});

test("a sample's own part of an output", () => {
  const output = tensor("float32", [3, 2], [1, 2, 3, 4, 5, 6]);
  expect([...rowOf(output, 1, 3)]).toEqual([3, 4]);
  // With one sample, whatever the first axis is, the output is that sample's.
  expect([...rowOf(output, 0, 1)]).toEqual([1, 2, 3, 4, 5, 6]);
});

function withBatch(net: SmallNet, batch: number): SmallNet {
  const { graph } = net.model;
  const inputs = graph.inputs.map((input) => ({ ...input, shape: [batch, ...(input.shape ?? []).slice(1)] }));
  return { ...net, model: { ...net.model, graph: { ...graph, inputs } } };
}

test("how many samples run together", async () => {
  const free = await openSmall(gemmNet, wasmRuntime);
  const fixed = await openSmall(withBatch(gemmNet, 3), wasmRuntime);
  expect(batchSize(free, smallDataset(gemmNet, 4))).toBe(32);
  expect(batchSize(fixed, smallDataset(gemmNet, 4))).toBe(3);
  expect(batchSize(free, smallDataset(gemmNet, 4, { oneAtATime: true }))).toBe(1);
});

test("the fewest samples that run fill a fixed batch", async () => {
  expect(leastBatch(gemmNet)).toEqual([0]);
  expect(leastBatch(withBatch(gemmNet, 3))).toEqual([0, 0, 0]);
});

test("fewer where activations are large", async () => {
  const network = await openSmall(gemmNet, wasmRuntime);
  const huge = new Map([["a", { dtype: "float32" as const, shape: [1, 3 * 2 ** 20] }]]);
  // 96 MiB hold 8 samples of 12 MiB.
  expect(batchSize({ ...network, values: huge }, smallDataset(gemmNet, 4))).toBe(8);
  const one = new Map([["a", { dtype: "float32" as const, shape: [2 ** 30] }]]);
  expect(batchSize({ ...network, values: one }, smallDataset(gemmNet, 4))).toBe(1);
});
