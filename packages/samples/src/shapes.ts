// The procedural data set "shapes": any number of labelled 32×32 RGB pictures from a seed, and its fixed splits.

import { seededRandom } from "@bitscape/tensor";
import { side } from "./canvas.ts";
import { type Outline, outlines } from "./outline.ts";
import { drawScene } from "./scene.ts";

/** Class names in label order. */
export const shapeClasses: readonly string[] = Object.keys(outlines);

const figures: readonly Outline[] = Object.values(outlines);

export const imageSide = side;
export const imageBytes = side * side * 3;

export interface Split {
  readonly seed: number;
  readonly count: number;
}

/** What the sample networks were trained on. */
export const trainingSplit: Split = { seed: 1, count: 30_000 };
/** For ranges, sensitivities and repairs: never trained on, never scored on. */
export const calibrationSplit: Split = { seed: 2, count: 512 };
/** What every accuracy in this repository is measured on. */
export const evaluationSplit: Split = { seed: 3, count: 2000 };

export interface ShapesDataset {
  /** [count, 32, 32, 3], interleaved RGB. */
  readonly images: Uint8Array;
  readonly labels: Int32Array;
  readonly classes: readonly string[];
}

/** One generator per picture; the mixing keeps neighbouring indices and seeds from sharing a stream. */
function randomOf(seed: number, index: number): () => number {
  let hash = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return seededRandom(hash ^ (hash >>> 15));
}

/**
 * Pictures `first` to `first + count - 1` of the endless sequence that a seed names. Picture i depends on (seed, i) only,
 * and its label is i mod 12, so that any run of pictures is balanced.
 */
export function shapesDataset({
  count,
  seed,
  first = 0,
}: {
  count: number;
  seed: number;
  first?: number;
}): ShapesDataset {
  const images = new Uint8Array(count * imageBytes);
  const labels = new Int32Array(count);
  const canvas = new Float64Array(imageBytes);
  for (let k = 0; k < count; k++) {
    const index = first + k;
    const label = index % figures.length;
    drawScene(canvas, figures[label] as Outline, randomOf(seed, index));
    const at = k * imageBytes;
    for (let p = 0; p < imageBytes; p++) {
      images[at + p] = Math.min(255, Math.max(0, Math.floor((canvas[p] as number) + 0.5)));
    }
    labels[k] = label;
  }
  return { images, labels, classes: shapeClasses };
}
