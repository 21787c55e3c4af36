// A sample as the network will see it, turned back into a picture: the inverse of the preprocessing.

import { toFloat32 } from "@bitscape/tensor";
import type { Dataset, Preprocess } from "./data/index.ts";
import type { Preview } from "./protocol.ts";
import type { Feeds } from "./runtime.ts";

/** The picture of one sample; undefined where the network's input is no image. */
export function previewOf(
  feeds: Feeds,
  dataset: Dataset,
  index: number,
  preprocess: Preprocess | null,
): Preview | undefined {
  const inputs = Object.values(feeds);
  const [input] = inputs;
  if (!input || inputs.length !== 1 || input.shape.length !== 4) return undefined;
  const [, a, b, c] = input.shape as [number, number, number, number];
  const planar = a === 1 || a === 3;
  const [channels, height, width] = planar ? [a, b, c] : [c, a, b];
  if (channels !== 1 && channels !== 3) return undefined;
  const values = toFloat32(input.dtype, input.data);
  const toPixel = preprocess ? inverse(preprocess) : stretched(values);
  const blueFirst = preprocess?.channels === "bgr";
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let k = 0; k < 3; k++) {
      const channel = channels === 1 ? 0 : blueFirst ? 2 - k : k;
      const at = planar ? channel * width * height + pixel : pixel * channels + channel;
      rgba[4 * pixel + k] = toPixel(values[at] as number, channel);
    }
    rgba[4 * pixel + 3] = 255;
  }
  const label = dataset.labels?.[index];
  const known = label === undefined || dataset.labelShape?.length ? null : label;
  return {
    width,
    height,
    rgba,
    label: known === null ? null : dataset.classes?.[known] || String(known),
    name: dataset.sampleNames?.[index] ?? null,
  };
}

function inverse({ scale, mean, std }: Preprocess): (x: number, channel: number) => number {
  return (x, channel) => {
    const m = mean[channel] ?? (mean[0] as number);
    const s = std[channel] ?? (std[0] as number);
    return (x * s + m) / scale;
  };
}

/** Arrays come without preprocessing: darkest to black, lightest to white. */
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
