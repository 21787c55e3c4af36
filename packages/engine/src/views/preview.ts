// A sample as a picture: with the preprocessing undone, or the numbers as the network is fed them. Not the choice whether an
// input is one (inputView.ts).

import { type Tensor, toFloat32 } from "@bitscape/tensor";
import type { Dataset, Preprocess } from "../data/index.ts";

/** What the network will see of one sample, as an image, where its input is one. */
export interface Preview {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] */
  readonly rgba: Uint8ClampedArray;
  readonly label: string | null;
  readonly name: string | null;
}

export interface PictureOptions {
  /** "fed": channels in their order, from the input's smallest number (black) to its largest. Default "undone". */
  readonly as?: "undone" | "fed";
  /** Longest side, pixels; larger pictures are averaged down to it. */
  readonly side?: number;
}

/**
 * The picture of one sample.
 * @param input its tensor, batch axis first
 * @param preprocess to be undone; null where there was none: the numbers are then as in "fed"
 * @returns undefined where the input is no image: rank 4 with one or three channels
 */
export function previewOf(
  input: Tensor,
  dataset: Dataset,
  index: number,
  preprocess: Preprocess | null,
  { as = "undone", side = Number.POSITIVE_INFINITY }: PictureOptions = {},
): Preview | undefined {
  if (input.shape.length !== 4 || /^u?int(16|32|64)$/.test(input.dtype)) return undefined;
  const [, a, b, c] = input.shape as [number, number, number, number];
  const planar = a === 1 || a === 3;
  const [channels, height, width] = planar ? [a, b, c] : [c, a, b];
  if ((channels !== 1 && channels !== 3) || width * height < 4) return undefined;
  const values = toFloat32(input.dtype, input.data).subarray(0, channels * width * height);
  const undo = as === "undone" && preprocess !== null;
  const toPixel = undo ? inverse(preprocess) : stretched(values);
  const blueFirst = undo && preprocess.channels === "bgr";
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let k = 0; k < 3; k++) {
      const channel = channels === 1 ? 0 : blueFirst ? 2 - k : k;
      const at = planar ? channel * width * height + pixel : pixel * channels + channel;
      rgba[4 * pixel + k] = toPixel(values[at] as number, channel);
    }
    rgba[4 * pixel + 3] = 255;
  }
  return {
    ...smaller({ width, height, rgba }, side),
    label: labelName(dataset, index),
    name: dataset.sampleNames?.[index] ?? null,
  };
}

/** What a sample's label is called; null where it has none, or one a position. */
export function labelName(dataset: Dataset, index: number): string | null {
  const label = dataset.labelShape?.length === 0 ? dataset.labels?.[index] : undefined;
  if (label === undefined || label < 0) return null;
  return dataset.classes?.[label] || String(label);
}

function inverse({ scale, mean, std }: Preprocess): (x: number, channel: number) => number {
  return (x, channel) => {
    const m = mean[channel] ?? (mean[0] as number);
    const s = std[channel] ?? (std[0] as number);
    return (x * s + m) / scale;
  };
}

/** Darkest to black, lightest to white. */
function stretched(values: Float32Array): (x: number) => number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const x of values) {
    if (x < low) low = x;
    if (x > high) high = x;
  }
  const span = high > low ? high - low : 1;
  return (x) => (255 * (x - low)) / span;
}

type Picture = Pick<Preview, "width" | "height" | "rgba">;

/** Means of whole squares, the fewest that bring both sides under `side`. */
function smaller(picture: Picture, side: number): Picture {
  const step = Math.ceil(Math.max(picture.width, picture.height) / side);
  if (step <= 1) return picture;
  const width = Math.ceil(picture.width / step);
  const height = Math.ceil(picture.height / step);
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < 4; k++) rgba[4 * (y * width + x) + k] = mean(picture, x * step, y * step, step, k);
    }
  }
  return { width, height, rgba };
}

function mean({ width, height, rgba }: Picture, left: number, top: number, step: number, k: number): number {
  const [right, bottom] = [Math.min(width, left + step), Math.min(height, top + step)];
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) sum += rgba[4 * (y * width + x) + k] as number;
  }
  return sum / ((right - left) * (bottom - top));
}
