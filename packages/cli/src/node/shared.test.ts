// Real data, where the workspace has it beside the repository; nothing of it is in here.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { openDataset } from "@bitscape/engine";
import { expect, test } from "vitest";
import { openPath } from "./files.ts";
import { decodeImage } from "./images.ts";

const folder = join(import.meta.dirname, "../../../../../shared/data");
const absent = !existsSync(folder);
const why = absent ? " (skipped: ../shared/data is not there)" : "";
const open = async (name: string, inputs: Parameters<typeof openDataset>[1]) =>
  openDataset(await openPath(join(folder, name)), inputs, { name, decode: decodeImage });

test.skipIf(absent)(`NumPy's own archives${why}`, async () => {
  const speech = await open("speech-commands-mfcc-1200.npz", [
    { name: "input", dtype: "float32", shape: [1, 98, 40] },
  ]);
  expect([speech.size, speech.labels?.length, speech.labelShape]).toEqual([1200, 1200, []]);
  expect((await speech.batch([0, 1199])).input?.shape).toEqual([2, 98, 40]);
  const diffusion = await open("ddpm-test-500.npz", [
    { name: "x", dtype: "float32", shape: [1, 1, 32, 32] },
    { name: "t", dtype: "int64", shape: [1] },
  ]);
  expect(diffusion.targets?.shape).toEqual([500, 1, 32, 32]);
  expect((await diffusion.batch([7])).t?.shape).toEqual([1]);
});

test.skipIf(absent)(`two thousand images of a zip${why}`, async () => {
  const images = await open("cifar10-test-2000.zip", [
    { name: "input", dtype: "float32", shape: ["N", 3, 32, 32] },
  ]);
  expect([images.size, images.skipped.length, images.labels?.[9]]).toEqual([2000, 0, 9]);
  expect((await images.batch([0, 1999])).input?.shape).toEqual([2, 3, 32, 32]);
});
