// The data of a bundled sample, drawn by its generator: calibration samples first, then others to evaluate on.

import { calibrationSplit, evaluationSplit, imageSide, sampleNamed, shapesDataset } from "@bitscape/samples";
import { checkIndices, type Dataset, type ModelInput } from "./dataset.ts";
import { sha256Hex } from "./digest.ts";
import { arrangePixels, feedPixels, pixelTables, planPixels } from "./images/pixels.ts";
import type { Preprocess } from "./images/preprocess.ts";

/** How many samples calibrate and how many are evaluated, where no numbers are asked for. */
export const sampleSplit = { calibration: 128, evaluation: 1000 } as const;

/** How a sample's pixels become its network's input. */
export function samplePreprocess(name: string): Preprocess {
  return { ...sampleNamed(name).preprocess, resize: "none", crop: "none", channels: "rgb", layout: "nchw" };
}

/**
 * The data set of a bundled sample.
 * @throws a sentence where there is no such sample, or the network's input does not take its images
 */
export async function sampleDataset(
  name: string,
  inputs: readonly ModelInput[],
  preprocess = samplePreprocess(name),
): Promise<Dataset> {
  const input = inputs[0];
  if (!input || inputs.length !== 1)
    throw new Error(`sample ${name}: ${inputs.length} inputs, expected a single-input network`);
  const parts = [
    shapesDataset({ seed: calibrationSplit.seed, count: sampleSplit.calibration }),
    shapesDataset({ seed: evaluationSplit.seed, count: sampleSplit.evaluation }),
  ] as const;
  const plan = planPixels(input, preprocess);
  const tables = pixelTables(plan);
  const bytes = imageSide * imageSide * 3;
  const images = parts.flatMap((part) =>
    Array.from(part.labels, (_, i) => {
      const rgb = part.images.subarray(i * bytes, (i + 1) * bytes);
      return arrangePixels({ rgb, width: imageSide, height: imageSide }, plan);
    }),
  );
  const labels = Int32Array.from([...parts[0].labels, ...parts[1].labels]);
  const dataset: Dataset = {
    name: `sample:${name}`,
    kind: "real",
    size: images.length,
    labels,
    labelShape: [],
    classes: parts[0].classes,
    digest: await sha256Hex(joined(images)),
    skipped: [],
    oneAtATime: !plan.stacks,
    batch: async (indices) => {
      checkIndices(indices, dataset);
      const chosen = indices.map((index) => images[index] as Uint8Array);
      return { [input.name]: feedPixels(chosen, imageSide, imageSide, plan, tables) };
    },
  };
  return dataset;
}

function joined(arrays: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(arrays.reduce((sum, array) => sum + array.byteLength, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.byteLength;
  }
  return all;
}
