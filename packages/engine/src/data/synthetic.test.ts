import type { Tensor } from "@bitscape/tensor";
import { expect, test } from "vitest";
import type { ModelInput } from "./dataset.ts";
import { preprocessPresets } from "./images/preprocess.ts";
import { syntheticDataset } from "./synthetic.ts";

const image: ModelInput = { name: "input", dtype: "float32", shape: ["N", 3, 32, 32] };

function moments({ data }: Tensor): { mean: number; std: number } {
  const values = Array.from(data, Number);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}

test("64 samples, the same for the same seed, whatever the batch", async () => {
  const data = await syntheticDataset([image]);
  expect(data).toMatchObject({ kind: "synthetic", size: 64, oneAtATime: false, skipped: [] });
  const both = (await data.batch([3, 5])).input as Tensor;
  const alone = (await (await syntheticDataset([image])).batch([5])).input as Tensor;
  expect(both.shape).toEqual([2, 3, 32, 32]);
  expect(both.data.slice(3072)).toEqual(alone.data);
  const other = await syntheticDataset([image], { seed: 1 });
  expect((await other.batch([5])).input?.data).not.toEqual(alone.data);
  expect(other.digest).not.toBe(data.digest);
});

test("images have photographs' statistics, smooth, through the preprocessing", async () => {
  const all = [...Array(64).keys()];
  const normed = (await (await syntheticDataset([image])).batch(all)).input as Tensor;
  expect(moments(normed).mean).toBeCloseTo(0, 0);
  expect(moments(normed).std).toBeGreaterThan(0.75);
  expect(moments(normed).std).toBeLessThan(1.15);
  const data = normed.data as Float32Array;
  let step = 0;
  for (let i = 1; i < data.length; i++)
    if (i % 32) step += ((data[i] as number) - (data[i - 1] as number)) ** 2;
  expect(Math.sqrt(step / data.length)).toBeLessThan(0.5);
  const raw = await syntheticDataset([image], { preprocess: preprocessPresets.raw });
  const pixels = (await raw.batch([0])).input?.data as Float32Array;
  expect(pixels.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
});

test("other inputs by type, bounds and pins", async () => {
  const inputs: ModelInput[] = [
    { name: "features", dtype: "float32", shape: ["N", 40, "frames"] },
    { name: "ids", dtype: "int64", shape: ["N", "seq"] },
    { name: "t", dtype: "int64", shape: ["N"] },
    { name: "attention_mask", dtype: "int64", shape: ["N", "seq"] },
    { name: "flag", dtype: "bool", shape: ["N", 100] },
    { name: "half", dtype: "float16", shape: ["N", 4] },
  ];
  const data = await syntheticDataset(inputs, { pins: { seq: 50, frames: 98 }, bounds: { t: 1000 } });
  const feeds = await data.batch([0, 1, 2, 3]);
  expect(feeds.features?.shape).toEqual([4, 40, 98]);
  expect(moments(feeds.features as Tensor).std).toBeCloseTo(1, 1);
  const ids = Array.from(feeds.ids?.data ?? [], Number);
  expect([Math.min(...ids) >= 0, Math.max(...ids) < 100, Math.max(...ids) > 80]).toEqual([true, true, true]);
  const times = Array.from((await data.batch([...Array(64).keys()])).t?.data ?? [], Number);
  expect(Math.max(...times)).toBeGreaterThan(500);
  expect(new Set(Array.from(feeds.attention_mask?.data ?? [], Number))).toEqual(new Set([1]));
  expect(new Set(Array.from(feeds.flag?.data ?? [], Number))).toEqual(new Set([0, 1]));
  expect(feeds.half?.data).toBeInstanceOf(Uint16Array);
});

test("inputs without a batch axis go one at a time", async () => {
  const inputs: ModelInput[] = [
    { name: "x", dtype: "float32", shape: [1, 4] },
    { name: "state", dtype: "float32", shape: [2, "b", 3] },
    { name: "sr", dtype: "int64", shape: [] },
  ];
  const data = await syntheticDataset(inputs);
  expect(data.oneAtATime).toBe(true);
  const feeds = await data.batch([0]);
  expect([feeds.x?.shape, feeds.state?.shape, feeds.sr?.shape]).toEqual([[1, 4], [2, 1, 3], []]);
  const batched = await syntheticDataset([{ name: "x", dtype: "float32", shape: [8, 4] }]);
  expect((await batched.batch([0, 1])).x?.shape).toEqual([2, 4]);
  await expect(syntheticDataset([{ name: "s", dtype: "string", shape: [1] }])).rejects.toThrow(
    'input "s": string',
  );
});
