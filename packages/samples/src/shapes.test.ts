// The data set is part of every published number: these tests pin its bytes.

import { describe, expect, it } from "vitest";
import {
  calibrationSplit,
  evaluationSplit,
  imageBytes,
  shapeClasses,
  shapesDataset,
  trainingSplit,
} from "./shapes.ts";

/** FNV-1a, 32 bits, as hexadecimal. */
function digest(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

describe("shapesDataset", () => {
  it("draws the same bytes for the same seed", () => {
    const a = shapesDataset({ count: 24, seed: 7 });
    const b = shapesDataset({ count: 24, seed: 7 });
    expect(a).toEqual(b);
    expect(digest(a.images)).not.toBe(digest(shapesDataset({ count: 24, seed: 8 }).images));
  });

  it("keeps the bytes that the sample networks were trained on", () => {
    expect(digest(shapesDataset({ count: 64, seed: trainingSplit.seed }).images)).toBe("8d4ba307");
    expect(digest(shapesDataset({ count: 64, seed: evaluationSplit.seed }).images)).toBe("6f6caa58");
  });

  it("draws picture i from the seed and i alone", () => {
    const all = shapesDataset({ count: 40, seed: 3 });
    const tail = shapesDataset({ count: 15, seed: 3, first: 25 });
    expect(tail.images).toEqual(all.images.slice(25 * imageBytes));
    expect(tail.labels).toEqual(all.labels.slice(25));
  });

  it("has as many pictures of each class, give or take one", () => {
    const counts = new Array<number>(shapeClasses.length).fill(0);
    for (const label of shapesDataset({ count: 100, seed: 5 }).labels)
      counts[label] = (counts[label] ?? 0) + 1;
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it("names twelve classes and sizes its arrays by count", () => {
    const { images, labels, classes } = shapesDataset({ count: 5, seed: 0 });
    expect([images.length, labels.length]).toEqual([5 * 32 * 32 * 3, 5]);
    expect(new Set(classes).size).toBe(12);
    expect(shapesDataset({ count: 0, seed: 0 }).labels).toHaveLength(0);
  });

  it("repeats no picture within or across the splits' beginnings", () => {
    const seeds = [trainingSplit.seed, calibrationSplit.seed, evaluationSplit.seed];
    const seen = seeds.flatMap((seed) => {
      const { images } = shapesDataset({ count: 200, seed });
      return Array.from({ length: 200 }, (_, k) =>
        digest(images.subarray(k * imageBytes, (k + 1) * imageBytes)),
      );
    });
    expect(new Set(seeds).size).toBe(3);
    expect(new Set(seen).size).toBe(600);
  });
});
