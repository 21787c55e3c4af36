import type { Tensor } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { preprocessPresets } from "../data/index.ts";
import { memoryDataset } from "../testing/data.ts";
import { type InputView, inputView } from "./inputView.ts";

const dataset = memoryDataset({});
const float = (shape: number[], at: (i: number) => number = (i) => i): Tensor => ({
  dtype: "float32",
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => at(i)),
});
const view = (feeds: Record<string, Tensor>, more = {}) =>
  inputView(feeds, { ...dataset, ...more }, 0, null) as InputView & Record<string, unknown>;

test("what an input is, by its shape and type", () => {
  const ids: Tensor = { dtype: "int64", shape: [1, 5], data: BigInt64Array.from([1n, 2n, 3n, 4n, 5n]) };
  const mask = { ...ids, data: BigInt64Array.from([1n, 1n, 1n, 1n, 1n]) };
  expect(view({ x: float([1, 3, 8, 8]) }).kind).toBe("image");
  expect(view({ x: float([1, 1, 16000]) }).kind).toBe("wave");
  expect(view({ x: float([1, 98, 40]) }).kind).toBe("features");
  expect(view({ x: float([1, 12]) }).kind).toBe("values");
  expect(view({ attention_mask: mask, input_ids: ids })).toMatchObject({
    kind: "tokens",
    ids: [1, 2, 3, 4, 5],
  });
  // The picture says most of a network that is told a time step, too.
  expect(view({ t: { ...ids, shape: [1] }, x: float([1, 1, 32, 32]) }).kind).toBe("image");
});

test("tokens are words where a vocabulary is known", () => {
  const ids: Tensor = { dtype: "int32", shape: [1, 2], data: Int32Array.from([1, 0]) };
  expect(view({ ids }, { words: ["▁end", "▁the"] })).toMatchObject({ text: "the end" });
});

test("features over time: the longer axis is time, stretches are averaged", () => {
  const tall = view({ x: float([1, 20, 10]) });
  expect(tall).toMatchObject({ kind: "features", shape: [10, 20], features: 10, frames: 20 });
  // Feature f of frame t is at t · 10 + f.
  expect((tall.values as Float32Array)[3 * 20 + 7]).toBe(7 * 10 + 3);
  const wide = view({ x: float([1, 8, 512], (i) => i % 512) });
  expect(wide).toMatchObject({ shape: [8, 512], frames: 256 });
  expect((wide.values as Float32Array)[5]).toBe((10 + 11) / 2);
});

test("as fed: numbers from smallest to largest in the network's order of channels; undone: the pixels again", () => {
  const bgr = { ...preprocessPresets.caffe, mean: [10, 20, 30] };
  // Blue, green, red planes of pixels 40, 50, 60.
  const x = float([1, 3, 8, 8], (i) => [40 - 10, 50 - 20, 60 - 30][Math.floor(i / 64)] as number);
  x.data[0] = 0 - 10;
  const pixel = (as: "fed" | "undone") => {
    const found = inputView({ x }, dataset, 0, bgr, { as, side: 4 });
    return found.kind === "image" ? [found.image.width, ...found.image.rgba.subarray(4, 7)] : [];
  };
  expect(pixel("undone")).toEqual([4, 60, 50, 40]);
  expect(pixel("fed")).toEqual([4, 255, 255, 255]);
});
