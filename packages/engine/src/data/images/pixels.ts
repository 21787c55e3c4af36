// Pixels in a network's own order: which input they go to, how one image's bytes are arranged, and the numbers they become.

import { allocate, type DType, fromNumbers, type Tensor, type TensorData } from "@bitscape/tensor";
import { integerRange } from "../cast.ts";
import type { ModelInput } from "../dataset.ts";
import type { DecodedImage } from "./decode.ts";
import { checkPreprocess, type Preprocess } from "./preprocess.ts";
import type { ResizeCrop } from "./resize.ts";

/** What the preprocessing and the network's input agree on. */
export interface PixelPlan {
  readonly input: ModelInput;
  readonly preprocess: Preprocess;
  readonly geometry: ResizeCrop;
  readonly channels: 1 | 3;
  /** Whether the input has a batch axis. */
  readonly stacks: boolean;
}

/**
 * The plan for feeding images to an input of rank 4, or 3 without a batch axis.
 * @throws a sentence where channels, layout or crop contradict the input's fixed dimensions
 */
export function planPixels(input: ModelInput, preprocess: Preprocess): PixelPlan {
  checkPreprocess(preprocess);
  const subject = `input "${input.name}" [${input.shape.map((dim) => dim ?? "?").join(", ")}]`;
  const { channels, layout, crop } = preprocess;
  if (input.shape.length !== 4 && input.shape.length !== 3) {
    throw new Error(`${subject}: rank ${input.shape.length}, expected an image input of rank 4`);
  }
  const dims = input.shape.slice(-3);
  const [count, height, width] = layout === "nchw" ? dims : [dims[2], dims[0], dims[1]];
  const fed = channels === "gray" ? 1 : 3;
  if (typeof count === "number" && count !== fed) {
    throw new Error(
      `${subject}: ${fed} channels from the preprocessing (${channels}, ${layout}), expected ${count} (change --channels or --layout)`,
    );
  }
  const fixed = typeof height === "number" && typeof width === "number";
  if (crop !== "none") {
    for (const [side, name] of [[height, "height"] as const, [width, "width"] as const]) {
      if (typeof side !== "number" || side === crop) continue;
      throw new Error(
        `${subject}: images cropped to ${crop}×${crop}, expected a ${name} of ${side} (--crop ${side}, or --crop none to stretch)`,
      );
    }
  }
  return {
    input,
    preprocess,
    geometry: {
      resize: preprocess.resize,
      crop,
      ...(fixed ? { fit: { width, height } } : {}),
    },
    channels: fed,
    stacks: input.shape.length === 4,
  };
}

/** One image's bytes, channels ordered and laid out as the network wants them: [C, H, W] or [H, W, C]. */
export function arrangePixels({ rgb, width, height }: DecodedImage, plan: PixelPlan): Uint8Array {
  const { channels, layout } = plan.preprocess;
  const area = width * height;
  if (channels === "gray") {
    const luma = new Uint8Array(area);
    for (let i = 0; i < area; i++) {
      const r = rgb[i * 3] as number;
      const g = rgb[i * 3 + 1] as number;
      const b = rgb[i * 3 + 2] as number;
      luma[i] = (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
    }
    return luma;
  }
  if (channels === "rgb" && layout === "nhwc") return rgb;
  const out = new Uint8Array(area * 3);
  const [pixel, plane] = layout === "nchw" ? [1, area] : [3, 1];
  for (let c = 0; c < 3; c++) {
    const source = channels === "rgb" ? c : 2 - c;
    for (let i = 0; i < area; i++) out[i * pixel + c * plane] = rgb[i * 3 + source] as number;
  }
  return out;
}

/**
 * Arranged images as one feed.
 * @param height of every image, pixels
 * @returns [samples, C, H, W] or [samples, H, W, C]; without the first axis where the input has no batch
 */
export function feedPixels(
  images: readonly Uint8Array[],
  height: number,
  width: number,
  plan: PixelPlan,
  tables: readonly TensorData[] = pixelTables(plan),
): Tensor {
  const { channels, input } = plan;
  const planar = plan.preprocess.layout === "nchw";
  const area = height * width;
  const length = area * channels;
  // Any typed array indexes alike, and a table has the type of what it fills.
  const out = allocate(input.dtype, images.length * length) as Float32Array;
  images.forEach((image, sample) => {
    for (let c = 0; c < channels; c++) {
      const table = tables[c] as Float32Array;
      const [from, step] = planar ? [c * area, 1] : [c, channels];
      for (let i = 0, at = from; i < area; i++, at += step) {
        out[sample * length + at] = table[image[at] as number] as number;
      }
    }
  });
  const shape = planar ? [channels, height, width] : [height, width, channels];
  return { dtype: input.dtype, shape: plan.stacks ? [images.length, ...shape] : shape, data: out };
}

/** What each of the 256 pixel values becomes, a table a channel, in the input's dtype. */
export function pixelTables({ input, preprocess, channels }: PixelPlan): TensorData[] {
  const { scale, mean, std } = preprocess;
  return Array.from({ length: channels }, (_, c) => {
    const m = mean[c] ?? (mean[0] as number);
    const s = std[c] ?? (std[0] as number);
    const values = Array.from({ length: 256 }, (_, pixel) => (pixel * scale - m) / s);
    checkIntegers(input.dtype, values, input.name);
    return fromNumbers(input.dtype, values);
  });
}

function checkIntegers(dtype: DType, values: readonly number[], name: string): void {
  const range = integerRange(dtype);
  if (!range) return;
  const wrong = values.find((value) => !Number.isInteger(value) || value < range[0] || value > range[1]);
  if (wrong === undefined) return;
  throw new Error(`input "${name}": pixels become ${wrong}, expected ${dtype} values (try --preprocess raw)`);
}
