// A data set of images: each decoded, resized and cropped once when opened, kept as bytes, made numbers when fed.

import { checkIndices, type Dataset, foreignLabel, type ModelInput, type SkippedSample } from "../dataset.ts";
import { type DataFiles, extensionOf, type FileSource, reasonOf } from "../files/source.ts";
import { labelImages } from "../labels/labels.ts";
import type { ImageDecoder } from "./decode.ts";
import { arrangePixels, feedPixels, pixelTables, planPixels } from "./pixels.ts";
import type { Preprocess } from "./preprocess.ts";
import { resizeCrop } from "./resize.ts";

const extensions = ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "avif", "tif", "tiff"];

/** Whether a name is an image's. Not every decoder reads all of them: one it does not is skipped, and named. */
export function isImage(name: string): boolean {
  return extensions.includes(extensionOf(name));
}

export interface ImageOptions {
  readonly name: string;
  readonly decode: ImageDecoder;
  readonly preprocess: Preprocess;
  /** `--labels`, see {@link labelImages}. */
  readonly labels?: FileSource;
  /** Only images of these names; none is decoded, nor said to be skipped, besides. */
  readonly only?: ReadonlySet<string>;
  /** Bytes of resized pixels to keep; images beyond are decoded again whenever they are fed. Default 512 MB. */
  readonly cacheBytes?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** Classes of the network: labels beyond them are refused before any image is decoded. */
  readonly classCount?: number;
  /** Called once every image has been read. */
  readonly digest: () => Promise<string>;
}

/** Reading and decoding overlap with resizing; more would only hold more decoded images at a time. */
const parallel = 4;

/**
 * A data set over images, all of them decoded now, so that its size and what had to be skipped are known.
 * @param others files beside the images, of which labels.csv and labels.txt matter
 * @throws a sentence where preprocessing and input disagree, no image can be used, or their sizes differ and nothing
 *   makes them alike; the signal's reason where it aborts
 */
export async function imageDataset(
  files: DataFiles,
  others: DataFiles,
  input: ModelInput,
  options: ImageOptions,
): Promise<Dataset> {
  const plan = planPixels(input, options.preprocess);
  const tables = pixelTables(plan);
  const { images: all, classes, skipped: unlabelled } = await labelImages(files, others, options.labels);
  const { only } = options;
  const images = only ? all.filter(({ source }) => only.has(source.name)) : all;
  const { classCount = Number.POSITIVE_INFINITY } = options;
  const foreign = images.find(({ label = -1 }) => label < -1 || label >= classCount);
  if (foreign) throw new Error(foreignLabel(foreign.label as number, foreign.source.name, classCount));
  const load = async (source: FileSource) => {
    const image = resizeCrop(await options.decode(await source.bytes(), source.name), plan.geometry);
    return { width: image.width, height: image.height, bytes: arrangePixels(image, plan) };
  };

  let room = options.cacheBytes ?? 512 * 2 ** 20;
  let done = 0;
  const loaded: ({ width: number; height: number; bytes?: Uint8Array } | { reason: string })[] = [];
  await each(images, async ({ source }, i) => {
    options.signal?.throwIfAborted();
    try {
      const { width, height, bytes } = await load(source);
      room -= bytes.length;
      loaded[i] = room >= 0 ? { width, height, bytes } : { width, height };
    } catch (error) {
      loaded[i] = { reason: reasonOf(error).replace(`${source.name}: `, "") };
    }
    options.onProgress?.(++done, images.length);
  });
  options.signal?.throwIfAborted();

  const failed: SkippedSample[] = [];
  const samples = images.flatMap(({ source, label }, i) => {
    const state = loaded[i];
    if (state && !("reason" in state)) return [{ source, label, ...state }];
    failed.push({ name: source.name, reason: state?.reason ?? "not read" });
    return [];
  });
  const [first] = samples;
  if (!first) {
    const why = failed[0] ?? unlabelled[0];
    throw new Error(
      `${options.name}: ${images.length} images, none usable (${why ? `${why.name}: ${why.reason}` : "none found"}), expected at least one`,
    );
  }
  const { width, height } = first;
  const odd = samples.find((sample) => sample.width !== width || sample.height !== height);
  if (odd) {
    throw new Error(
      `${options.name}: images of ${width}×${height} and ${odd.width}×${odd.height} (${odd.source.name}), expected one size (--crop makes them alike)`,
    );
  }

  const dataset: Dataset = {
    name: options.name,
    kind: "real",
    size: samples.length,
    digest: await options.digest(),
    skipped: [...failed, ...unlabelled],
    sampleNames: samples.map((sample) => sample.source.name),
    oneAtATime: !plan.stacks,
    ...(first.label === undefined
      ? {}
      : { labels: Int32Array.from(samples, (sample) => sample.label ?? -1), labelShape: [] }),
    ...(classes ? { classes } : {}),
    batch: async (indices) => {
      checkIndices(indices, dataset);
      const images: Uint8Array[] = [];
      await each(indices, async (index, i) => {
        const sample = samples[index] as (typeof samples)[number];
        images[i] = sample.bytes ?? (await load(sample.source)).bytes;
      });
      return { [input.name]: feedPixels(images, height, width, plan, tables) };
    },
  };
  return dataset;
}

/** Runs a task for each item, a few at a time, starting them in order. */
async function each<T>(items: readonly T[], task: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      await task(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
}
