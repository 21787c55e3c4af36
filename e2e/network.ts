// What a file really does: its top-1 in onnxruntime-node on given images, computed by none of our code.

import { readFile } from "node:fs/promises";
import { InferenceSession, Tensor } from "onnxruntime-node";
import sharp from "sharp";

export interface Picture {
  /** An encoded image. */
  readonly bytes: Uint8Array;
  readonly label: number;
}

/** x = (pixel · scale − mean) / std, the same for all channels. */
export interface Preprocessing {
  readonly scale: number;
  readonly mean: number;
  readonly std: number;
}

const batch = 32;

/** Top-1 in percent of a model with one NCHW input of any batch and one output of class scores. */
export async function topOne(
  model: string | Uint8Array,
  pictures: readonly Picture[],
  { scale, mean, std }: Preprocessing,
): Promise<number> {
  const bytes = typeof model === "string" ? await readFile(model) : model;
  const session = await InferenceSession.create(bytes);
  let right = 0;
  for (let from = 0; from < pictures.length; from += batch) {
    const some = pictures.slice(from, from + batch);
    const decoded = await Promise.all(some.map((picture) => sharp(picture.bytes).raw().toBuffer()));
    const pixels = (decoded[0]?.length ?? 0) / 3;
    const side = Math.sqrt(pixels);
    const values = new Float32Array(some.length * pixels * 3);
    for (const [i, rgb] of decoded.entries()) {
      for (const [at, value] of rgb.entries()) {
        values[(i * 3 + (at % 3)) * pixels + Math.floor(at / 3)] = (value * scale - mean) / std;
      }
    }
    const input = new Tensor("float32", values, [some.length, 3, side, side]);
    const found = await session.run({ [session.inputNames[0] as string]: input });
    const { data, dims } = found[session.outputNames[0] as string] as Tensor;
    const classes = dims.at(-1) as number;
    for (const [i, { label }] of some.entries()) {
      const scores = Array.from(data.slice(i * classes, (i + 1) * classes) as Float32Array, Number);
      if (scores.indexOf(Math.max(...scores)) === label) right++;
    }
  }
  await session.release();
  return (100 * right) / pictures.length;
}
