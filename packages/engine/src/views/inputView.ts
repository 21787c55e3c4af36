// A sample's input as a person can look at it: an image, a spectrogram, a waveform, tokens, or values. Chosen by the shape
// and the type alone; the drawing is the page's.

import { sizeOf, type Tensor, toFloat32 } from "@bitscape/tensor";
import { type Dataset, type Preprocess, textOf } from "../data/index.ts";
import type { Feeds } from "../runtime/runtime.ts";
import type { Preview } from "./preview.ts";
import { type PictureOptions, previewOf } from "./preview.ts";

/** What a network is given, as a person can look at it. */
export type InputView =
  | { readonly kind: "image"; readonly image: Preview }
  /** Token ids, or other whole numbers in a row. */
  | {
      readonly kind: "tokens";
      readonly input: string;
      readonly ids: readonly number[];
      readonly length: number;
      /** The ids as text, where a vocabulary is known. */
      readonly text?: string;
    }
  /** One channel over time; at most 1024 points, each the extremes of a stretch. */
  | {
      readonly kind: "wave";
      readonly input: string;
      readonly low: Float32Array;
      readonly high: Float32Array;
      readonly length: number;
    }
  /** Features over time (spectrograms, MFCC): the longer axis is time. At most 256 × 128 means of stretches. */
  | {
      readonly kind: "features";
      readonly input: string;
      /** [features, frames], the first feature first. */
      readonly values: Float32Array;
      readonly features: number;
      readonly frames: number;
      /** Before they were gathered. */
      readonly shape: readonly [features: number, frames: number];
    }
  /** Anything else: the first values. */
  | {
      readonly kind: "values";
      readonly input: string;
      readonly shape: readonly number[];
      readonly values: Float32Array;
    };

const POINTS = 1024;
const TOKENS = 256;
const VALUES = 512;
const FRAMES = 256;
const FEATURES = 128;
/** Values in a row from which on they are drawn as a wave. */
const LONG = 64;
/** Both sides of what is drawn as features over time. */
const BROAD = 8;

/** Whole numbers that say how to read the tokens, and are none. */
const ASIDE = /mask|token_type|segment|position/i;

/** The input that says most: the largest, tokens before their masks; its values of one sample. */
export function mainInput(feeds: Feeds): { readonly name: string; readonly tensor: Tensor } {
  const inputs = Object.entries(feeds);
  const telling = inputs.filter(([name]) => !ASIDE.test(name));
  const [name, tensor] = (telling.length > 0 ? telling : inputs).reduce((a, b) =>
    b[1].data.length > a[1].data.length ? b : a,
  );
  return { name, tensor };
}

/** @param feeds of this sample alone, or as often as a fixed batch holds it */
export function inputView(
  feeds: Feeds,
  dataset: Dataset,
  index: number,
  preprocess: Preprocess | null,
  options: PictureOptions = {},
): InputView {
  const { name, tensor } = mainInput(feeds);
  const alone = Object.keys(feeds).length === 1;
  const image = previewOf(tensor, dataset, index, alone ? preprocess : null, options);
  if (image) return { kind: "image", image };
  if (/^u?int(8|16|32|64)$/.test(tensor.dtype)) return tokensOf(name, tensor, dataset.words);
  const own = tensor.shape.slice(1);
  const values = toFloat32(tensor.dtype, tensor.data).subarray(0, sizeOf(own));
  const broad = own.filter((dim) => dim > 1);
  if (broad.length <= 1 && values.length >= LONG) return waveOf(name, values);
  if (broad.length === 2 && broad.every((dim) => dim >= BROAD)) {
    return featuresOf(name, values, broad as [number, number]);
  }
  return { kind: "values", input: name, shape: own, values: values.slice(0, VALUES) };
}

function tokensOf(input: string, { data, shape }: Tensor, words: readonly string[] | undefined): InputView {
  const length = sizeOf(shape.slice(1));
  const first = data.subarray(0, Math.min(TOKENS, length)) as unknown as ArrayLike<number | bigint>;
  const ids = Array.from(first, Number);
  return { kind: "tokens", input, ids, length, ...(words && { text: textOf(ids, words) }) };
}

function waveOf(input: string, values: Float32Array): InputView {
  const points = Math.min(POINTS, values.length);
  const low = new Float32Array(points).fill(Number.POSITIVE_INFINITY);
  const high = new Float32Array(points).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor((i * points) / values.length);
    low[at] = Math.min(low[at] as number, values[i] as number);
    high[at] = Math.max(high[at] as number, values[i] as number);
  }
  return { kind: "wave", input, low, high, length: values.length };
}

/** @param dims of the values, row-major */
function featuresOf(
  input: string,
  values: Float32Array,
  [rows, columns]: readonly [number, number],
): InputView {
  const upright = rows > columns;
  const shape = upright ? ([columns, rows] as const) : ([rows, columns] as const);
  const features = Math.min(FEATURES, shape[0]);
  const frames = Math.min(FRAMES, shape[1]);
  const sums = new Float64Array(features * frames);
  const counts = new Float64Array(features * frames);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const [feature, frame] = upright ? [c, r] : [r, c];
      const at =
        Math.floor((feature * features) / shape[0]) * frames + Math.floor((frame * frames) / shape[1]);
      sums[at] = (sums[at] as number) + (values[r * columns + c] as number);
      counts[at] = (counts[at] as number) + 1;
    }
  }
  const means = Float32Array.from(sums, (sum, i) => sum / (counts[i] as number));
  return { kind: "features", input, values: means, features, frames, shape };
}
