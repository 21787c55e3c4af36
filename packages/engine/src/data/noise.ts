// Pictures of nothing: smooth colour noise with the spectrum and the statistics of photographs, for want of data.

import { normal } from "@bitscape/tensor";
import type { DecodedImage } from "./images/decode.ts";

/** Of ImageNet's pixels, per channel, in [0, 1]. */
const mean = [0.485, 0.456, 0.406] as const;
const std = [0.229, 0.224, 0.225] as const;
/** Photographs' channels agree for the most part: how much of each is common brightness, and how much its own. */
const [common, own] = [0.95, 0.31];

/**
 * A picture whose amplitude spectrum falls as 1/f (equal octaves of interpolated noise), ImageNet's mean and
 * deviation over many of them, and strongly correlated channels.
 */
export function noisePicture(width: number, height: number, random: () => number): DecodedImage {
  const brightness = field(width, height, random);
  const tints = mean.map(() => field(width, height, random));
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      const z = common * (brightness[i] as number) + own * ((tints[c] as Float32Array)[i] as number);
      const value = 255 * ((mean[c] as number) + (std[c] as number) * z);
      rgb[i * 3 + c] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return { width, height, rgb };
}

/** Octaves of bilinearly interpolated normal noise, from one constant to a grid of two pixels; unit variance. */
function field(width: number, height: number, random: () => number): Float32Array {
  const out = new Float32Array(width * height);
  let variance = 0;
  for (
    let cells = 0;
    cells === 0 || cells * 2 <= Math.max(width, height);
    cells = cells === 0 ? 1 : cells * 2
  ) {
    variance += addOctave(out, width, height, cells, random);
  }
  const unit = 1 / Math.sqrt(variance);
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * unit;
  return out;
}

/** Adds one octave of `cells` grid cells a side and returns its variance; 0 cells is a constant. */
function addOctave(out: Float32Array, width: number, height: number, cells: number, random: () => number) {
  const side = cells + 1;
  const grid = Float64Array.from({ length: side * side }, () => normal(random));
  for (let y = 0; y < height; y++) {
    const gy = ((y + 0.5) / height) * cells;
    const y0 = Math.min(cells, Math.floor(gy));
    const y1 = Math.min(cells, y0 + 1);
    const fy = gy - y0;
    for (let x = 0; x < width; x++) {
      const gx = ((x + 0.5) / width) * cells;
      const x0 = Math.min(cells, Math.floor(gx));
      const x1 = Math.min(cells, x0 + 1);
      const fx = gx - x0;
      const top = (grid[y0 * side + x0] as number) * (1 - fx) + (grid[y0 * side + x1] as number) * fx;
      const bottom = (grid[y1 * side + x0] as number) * (1 - fx) + (grid[y1 * side + x1] as number) * fx;
      out[y * width + x] = (out[y * width + x] as number) + top * (1 - fy) + bottom * fy;
    }
  }
  // The mean of (1−t)² + t² over a cell is 2/3, in each direction.
  return cells === 0 ? 1 : 4 / 9;
}
