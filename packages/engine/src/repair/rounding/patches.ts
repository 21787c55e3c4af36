// What a layer multiplies its weights with, at some of its outputs' places: columns of the matrix that a convolution is a product
// with (im2col), gathered for a sample of places. Not which places.

import { type Tensor, toFloat32 } from "@bitscape/tensor";
import type { Geometry, RoundingSite } from "./sites.ts";

/**
 * The inputs of one group at some places.
 * @param input [N, C, …], or [… , K] of a product of matrices
 * @param places of outputs: n · spatial size + spatial index, or the row of a product
 * @param taps what {@link tapsOf} says of these places
 * @returns row-major [inputs, places]
 */
export function patches(
  site: RoundingSite,
  group: number,
  input: Tensor,
  places: Uint32Array,
  taps: Taps | null,
): Float32Array {
  const values = toFloat32(input.dtype, input.data);
  const { inputs } = site;
  const found = new Float32Array(inputs * places.length);
  if (!taps) {
    for (let j = 0; j < inputs; j++) {
      for (let p = 0; p < places.length; p++) {
        found[j * places.length + p] = values[(places[p] as number) * inputs + j] as number;
      }
    }
    return found;
  }
  const spatial = input.shape.slice(2).reduce((a, b) => a * b, 1);
  const channels = inputs / taps.count;
  const all = input.shape[1] as number;
  for (let tap = 0; tap < taps.count; tap++) {
    for (let p = 0; p < places.length; p++) {
      const at = taps.at[tap * places.length + p] as number;
      if (at < 0) continue;
      const from = ((taps.sample[p] as number) * all + group * channels) * spatial + at;
      for (let c = 0; c < channels; c++) {
        found[(c * taps.count + tap) * places.length + p] = values[from + c * spatial] as number;
      }
    }
  }
  return found;
}

/** The outputs of one group at some places, without the bias: row-major [rows, places]. */
export function targets(
  site: RoundingSite,
  group: number,
  output: Tensor,
  places: Uint32Array,
): Float32Array {
  const values = toFloat32(output.dtype, output.data);
  const { rows, groups, geometry, bias } = site;
  const found = new Float32Array(rows * places.length);
  const channels = groups * rows;
  const spatial = geometry ? output.shape.slice(2).reduce((a, b) => a * b, 1) : 1;
  for (let row = 0; row < rows; row++) {
    const channel = group * rows + row;
    const added = bias ? (bias[channel] as number) : 0;
    for (let p = 0; p < places.length; p++) {
      const place = places[p] as number;
      const sample = Math.floor(place / spatial);
      const at = (sample * channels + channel) * spatial + (place - sample * spatial);
      found[row * places.length + p] = (values[at] as number) - added;
    }
  }
  return found;
}

/** How many places an output has. */
export function placesOf({ groups, rows }: RoundingSite, output: Tensor): number {
  return output.data.length / (groups * rows);
}

/** What a convolution reads at some places, the same for every group. */
export interface Taps {
  readonly count: number;
  /** Row-major [count, places]: the spatial index of the input that a tap reads; −1 where that is padding. */
  readonly at: Int32Array;
  /** The sample of each place. */
  readonly sample: Uint32Array;
}

/** Of a site's places; null for a product of matrices. */
export function tapsOf(
  geometry: Geometry | null,
  input: readonly number[],
  output: readonly number[],
  places: Uint32Array,
): Taps | null {
  if (!geometry) return null;
  const { transposed, kernel, strides, dilations } = geometry;
  const [inside, outside] = [input.slice(2), output.slice(2)];
  const pads = padsOf(geometry, inside, outside);
  const count = kernel.reduce((a, b) => a * b, 1);
  const spatial = outside.reduce((a, b) => a * b, 1);
  const at = new Int32Array(count * places.length);
  const sample = Uint32Array.from(places, (place) => Math.floor(place / spatial));
  for (let tap = 0; tap < count; tap++) {
    for (let p = 0; p < places.length; p++) {
      let [restTap, restPlace] = [tap, (places[p] as number) % spatial];
      let [index, stride] = [0, 1];
      for (let axis = kernel.length - 1; axis >= 0 && index >= 0; axis--) {
        const size = inside[axis] as number;
        const k = restTap % (kernel[axis] as number);
        const o = restPlace % (outside[axis] as number);
        restTap = (restTap - k) / (kernel[axis] as number);
        restPlace = (restPlace - o) / (outside[axis] as number);
        const [step, reach, pad] = [
          strides[axis] as number,
          k * (dilations[axis] as number),
          pads[axis] as number,
        ];
        const i = transposed ? (o + pad - reach) / step : o * step - pad + reach;
        index = i >= 0 && i < size && Number.isInteger(i) ? index + i * stride : -1;
        stride *= size;
      }
      at[tap * places.length + p] = index;
    }
  }
  return { count, at, sample };
}

/** What is padded before each axis. */
function padsOf(
  { pads, kernel, strides, dilations }: Geometry,
  input: readonly number[],
  output: readonly number[],
): readonly number[] {
  if (typeof pads !== "string") return pads;
  return kernel.map((size, axis) => {
    const covered =
      ((output[axis] as number) - 1) * (strides[axis] as number) +
      (size - 1) * (dilations[axis] as number) +
      1;
    const all = Math.max(0, covered - (input[axis] as number));
    return pads === "SAME_UPPER" ? Math.floor(all / 2) : Math.ceil(all / 2);
  });
}
