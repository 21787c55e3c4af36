// Resizing and cropping 8-bit RGB as the field measures accuracy: bilinear with antialiasing in Pillow's fixed-point
// arithmetic (Pillow, libImaging/Resample.c), sizes as torchvision.transforms.Resize.
// Not the browser's or sharp's resampling, whose results differ between versions and machines.

import type { DecodedImage } from "./decode.ts";

/** Weights are whole numbers of 2^-22: positive, summing to 1 but for a few units, so no sum leaves 32 bits or 0…255. */
const precision = 22;

/** What to do with every image; lengths in pixels. */
export interface ResizeCrop {
  /** Length of the shorter side after resizing, the longer in proportion (rounded down). */
  readonly resize: number | "none";
  /** Side of the square cut from the middle. */
  readonly crop: number | "none";
  /** With crop "none": stretch the whole image to exactly this, in one step and whatever `resize` says. */
  readonly fit?: { readonly width: number; readonly height: number };
}

/**
 * One image resized and cropped.
 * @throws a sentence where the image is smaller than the crop
 */
export function resizeCrop(image: DecodedImage, { resize, crop, fit }: ResizeCrop): DecodedImage {
  if (crop === "none" && fit) return resample(image, fit.width, fit.height);
  const [width, height] = resize === "none" ? [image.width, image.height] : shorterSide(image, resize);
  if (crop === "none") return resample(image, width, height);
  if (width < crop || height < crop) {
    throw new Error(`${width}×${height} pixels, expected at least the crop of ${crop}×${crop}`);
  }
  return resample(image, width, height, {
    left: centred(width, crop),
    top: centred(height, crop),
    width: crop,
    height: crop,
  });
}

function shorterSide({ width, height }: DecodedImage, side: number): [number, number] {
  return width <= height
    ? [side, Math.max(1, Math.trunc((side * height) / width))]
    : [Math.max(1, Math.trunc((side * width) / height)), side];
}

/** Where a centred crop begins: half the margin, rounded down (torchvision takes an odd margin's half to even). */
function centred(size: number, crop: number): number {
  return Math.floor((size - crop) / 2);
}

interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * `image` resized to width × height, or only a window of that: the same pixels as resizing all and cropping.
 * Two passes, horizontal first, rounding to 8 bits between them as Pillow does.
 */
export function resample(
  image: DecodedImage,
  width: number,
  height: number,
  window: Window = { left: 0, top: 0, width, height },
): DecodedImage {
  if (
    width === image.width &&
    height === image.height &&
    window.width === width &&
    window.height === height
  ) {
    return image;
  }
  const rows = taps(image.height, height, window.top, window.height);
  const firstRow = rows.start[0] as number;
  const lastRow = (rows.start.at(-1) as number) + (rows.count.at(-1) as number);
  const columns = taps(image.width, width, window.left, window.width);
  const across = horizontal(image, columns, window.width, firstRow, lastRow - firstRow);
  return {
    width: window.width,
    height: window.height,
    rgb: vertical(across, rows, window.width, window.height, firstRow),
  };
}

/** Per output position: the first input position, how many, and their weights (`stride` apart). */
interface Taps {
  readonly start: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  readonly stride: number;
}

/** The triangle filter, widened by the ratio where the image shrinks. */
function taps(inSize: number, outSize: number, from: number, length: number): Taps {
  const ratio = inSize / outSize;
  const support = Math.max(ratio, 1);
  const stride = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * stride);
  const triangle = new Float64Array(stride);
  for (let i = 0; i < length; i++) {
    const centre = (from + i + 0.5) * ratio;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const n = Math.min(inSize, Math.trunc(centre + support + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < n; k++) {
      const weight = Math.max(0, 1 - Math.abs((k + first - centre + 0.5) * (1 / support)));
      triangle[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < n; k++) {
      weights[i * stride + k] = Math.trunc(0.5 + ((triangle[k] as number) / sum) * (1 << precision));
    }
    start[i] = first;
    count[i] = n;
  }
  return { start, count, weights, stride };
}

function horizontal(image: DecodedImage, columns: Taps, width: number, firstRow: number, rows: number) {
  const { start, count, weights, stride } = columns;
  const out = new Uint8Array(rows * width * 3);
  const { rgb } = image;
  let to = 0;
  for (let y = firstRow; y < firstRow + rows; y++) {
    for (let x = 0; x < width; x++) {
      let at = (y * image.width + (start[x] as number)) * 3;
      const end = x * stride + (count[x] as number);
      let r = 1 << (precision - 1);
      let g = r;
      let b = r;
      for (let k = x * stride; k < end; k++, at += 3) {
        const weight = weights[k] as number;
        r += (rgb[at] as number) * weight;
        g += (rgb[at + 1] as number) * weight;
        b += (rgb[at + 2] as number) * weight;
      }
      out[to++] = r >> precision;
      out[to++] = g >> precision;
      out[to++] = b >> precision;
    }
  }
  return out;
}

function vertical(
  across: Uint8Array,
  rows: Taps,
  width: number,
  height: number,
  firstRow: number,
): Uint8Array {
  const { start, count, weights, stride } = rows;
  const out = new Uint8Array(height * width * 3);
  const row = width * 3;
  let to = 0;
  for (let y = 0; y < height; y++) {
    const first = ((start[y] as number) - firstRow) * row;
    const end = y * stride + (count[y] as number);
    for (let x = 0; x < row; x++) {
      let sum = 1 << (precision - 1);
      let at = first + x;
      for (let k = y * stride; k < end; k++, at += row)
        sum += (across[at] as number) * (weights[k] as number);
      out[to++] = sum >> precision;
    }
  }
  return out;
}
