// A sample's input as a person can look at it: an image, tokens, a waveform, or its first values.

import { sizeOf, type Tensor, toFloat32 } from "@bitscape/tensor";
import type { Dataset, Preprocess } from "../data/index.ts";
import { previewOf } from "../preview.ts";
import type { Feeds } from "../runtime.ts";
import type { InputView } from "./calls.ts";

const POINTS = 1024;
const TOKENS = 256;
const VALUES = 512;
/** Values in a row from which on they are drawn as a wave. */
const LONG = 64;

/** @param feeds of this sample alone, or as often as a fixed batch holds it */
export function inputView(
  feeds: Feeds,
  dataset: Dataset,
  index: number,
  preprocess: Preprocess | null,
): InputView {
  const image = previewOf(feeds, dataset, index, preprocess);
  if (image) return { kind: "image", image };
  const inputs = Object.entries(feeds);
  const tokens = inputs.find(([, { dtype }]) => /^u?int(8|16|32|64)$/.test(dtype));
  if (tokens) return tokensOf(...tokens);
  // The longest input says most: the others are states, masks, lengths.
  const [name, tensor] = inputs.reduce((a, b) => (b[1].data.length > a[1].data.length ? b : a));
  const own = tensor.shape.slice(1);
  const values = toFloat32(tensor.dtype, tensor.data).subarray(0, sizeOf(own));
  const inARow = own.filter((dim) => dim > 1).length <= 1;
  if (inARow && values.length >= LONG) return waveOf(name, values);
  return { kind: "values", input: name, shape: own, values: values.slice(0, VALUES) };
}

function tokensOf(input: string, { data, shape }: Tensor): InputView {
  const length = sizeOf(shape.slice(1));
  const first = data.subarray(0, Math.min(TOKENS, length)) as unknown as ArrayLike<number | bigint>;
  return { kind: "tokens", input, ids: Array.from(first, Number), length };
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
