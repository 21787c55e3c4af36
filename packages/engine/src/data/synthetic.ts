// A data set made up from a network's input descriptions, for when there is none. Everything computed on it says so.

import {
  allocate,
  type DType,
  fromNumbers,
  normal,
  seededRandom,
  sizeOf,
  type Tensor,
} from "@bitscape/tensor";
import { checkIndices, type Dataset, type ModelInput } from "./dataset.ts";
import { sha256Hex } from "./digest.ts";
import { arrangePixels, feedPixels, type PixelPlan, pixelTables, planPixels } from "./images/pixels.ts";
import { guessPreprocess, type Preprocess } from "./images/preprocess.ts";
import { noisePicture } from "./noise.ts";

export interface SyntheticOptions {
  /** Default 64. */
  readonly size?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Lengths of symbolic dimensions by name. Unpinned: height and width of images 224, any other 1. */
  readonly pins?: Readonly<Record<string, number>>;
  /** Integer inputs are uniform in [0, bound): vocabulary, classes, time steps. Default 100. */
  readonly bound?: number;
  /** Bounds of single inputs, by name. */
  readonly bounds?: Readonly<Record<string, number>>;
  /** For image inputs; default {@link guessPreprocess} of the shape. */
  readonly preprocess?: Preprocess;
}

interface Maker {
  readonly input: ModelInput;
  readonly stacks: boolean;
  /** A stacked feed for these samples. */
  make(indices: readonly number[]): Tensor;
}

/**
 * Synthetic samples, each a function of seed, input and index alone: image inputs (float or uint8, rank 4, 1 or 3
 * channels) are noise with photographs' statistics through the preprocessing; other floats standard normal; integers
 * uniform below their bound, except that masks are ones and token types zeros; booleans even odds.
 * Rejects with a sentence for an input that cannot be made up.
 */
export async function syntheticDataset(
  inputs: readonly ModelInput[],
  options: SyntheticOptions = {},
): Promise<Dataset> {
  const { size = 64, seed = 0 } = options;
  const batches = inputs.map((input) => input.shape[0]);
  // A fixed first dimension above one is a batch only where every input has the same.
  const fixedBatch = batches.every((dim) => typeof dim === "number" && dim === batches[0]);
  const makers = inputs.map((input, at) => makerOf(input, at, fixedBatch, seed, options));
  const described = JSON.stringify({ inputs, options: { ...options, size, seed } });
  const dataset: Dataset = {
    name: "synthetic",
    kind: "synthetic",
    size,
    digest: await sha256Hex(new TextEncoder().encode(described)),
    skipped: [],
    oneAtATime: makers.some((maker) => !maker.stacks),
    batch: async (indices) => {
      checkIndices(indices, dataset);
      return Object.fromEntries(makers.map((maker) => [maker.input.name, maker.make(indices)]));
    },
  };
  return dataset;
}

function makerOf(
  input: ModelInput,
  at: number,
  fixedBatch: boolean,
  seed: number,
  options: SyntheticOptions,
): Maker {
  const [batch] = input.shape;
  const stacks = input.shape.length > 0 && (typeof batch !== "number" || batch === 1 || fixedBatch);
  const random = (index: number) => seededRandom(mix(mix(seed, at), index));
  const image = stacks ? imagePlan(input, options) : undefined;
  if (image) {
    const tables = pixelTables(image.plan);
    const { width, height, plan } = image;
    const picture = (index: number) => arrangePixels(noisePicture(width, height, random(index)), plan);
    return {
      input,
      stacks,
      make: (indices) => feedPixels(indices.map(picture), height, width, plan, tables),
    };
  }
  const sample = (stacks ? input.shape.slice(1) : input.shape).map((dim) => pinned(dim, options));
  const length = sizeOf(sample);
  const draw = drawerOf(input, options);
  return {
    input,
    stacks,
    make: (indices) => {
      // Through float64 for the integers' sake, which all fit it.
      const values = new Float64Array(indices.length * length);
      indices.forEach((index, row) => {
        const next = random(index);
        for (let i = 0; i < length; i++) values[row * length + i] = draw(next);
      });
      const shape = stacks ? [indices.length, ...sample] : sample;
      return { dtype: input.dtype, shape, data: fromNumbers(input.dtype, values) };
    },
  };
}

function imagePlan(
  input: ModelInput,
  options: SyntheticOptions,
): { plan: PixelPlan; width: number; height: number } | undefined {
  const preprocess = options.preprocess ?? guessPreprocess(input.shape)?.preprocess;
  if (!preprocess || !guessPreprocess(input.shape) || !/^(float|uint8)/.test(input.dtype)) return undefined;
  const dims = preprocess.layout === "nchw" ? input.shape.slice(2) : input.shape.slice(1, 3);
  const [height = 224, width = 224] = dims.map((dim) =>
    typeof dim === "number" ? dim : ((dim ? options.pins?.[dim] : undefined) ?? 224),
  );
  // Made at their final size, so nothing is to be resized or cropped.
  return { plan: planPixels(input, { ...preprocess, resize: "none", crop: "none" }), width, height };
}

function pinned(dim: number | string | null | undefined, options: SyntheticOptions): number {
  return typeof dim === "number" ? dim : (typeof dim === "string" && options.pins?.[dim]) || 1;
}

function drawerOf(input: ModelInput, options: SyntheticOptions): (random: () => number) => number {
  const { dtype, name } = input;
  if (/^b?float/.test(dtype) && !/^float[48]/.test(dtype)) return normal;
  if (dtype === "bool") return /mask/i.test(name) ? () => 1 : (random) => (random() < 0.5 ? 0 : 1);
  if (!/^u?int(8|16|32|64)$/.test(dtype)) {
    throw new Error(`input "${name}": ${dtype}, expected numbers or booleans to make up samples for`);
  }
  const bound =
    options.bounds?.[name] ??
    (/mask/i.test(name) ? undefined : /token_type|segment/i.test(name) ? 1 : (options.bound ?? 100));
  if (bound === undefined) return () => 1;
  const largest = largestOf(dtype);
  return (random) => Math.floor(random() * Math.min(bound, largest + 1));
}

function largestOf(dtype: DType): number {
  const bits = allocate(dtype, 0).BYTES_PER_ELEMENT * 8;
  return 2 ** Math.min(53, dtype.startsWith("u") ? bits : bits - 1) - 1;
}

/** One seed from two, so that neighbouring samples do not share a stream (murmur3's finalizer). */
function mix(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b + 0x9e3779b9, 0x85ebca6b), 0xc2b2ae35);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
