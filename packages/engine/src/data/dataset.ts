// What a data set is to the rest of the engine: so many samples, fed by index, with what is known of them.
// Not where one comes from: open.ts reads files, synthetic.ts makes one up.

import type { DType, Tensor } from "@bitscape/tensor";

/** A network's input as the graph declares it: a number is fixed, a string symbolic, null unknown. */
export interface ModelInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string | null)[];
}

export interface SkippedSample {
  readonly name: string;
  readonly reason: string;
}

export interface Dataset {
  readonly name: string;
  /** "synthetic" data mark every number they touch. */
  readonly kind: "real" | "synthetic";
  /** Samples. */
  readonly size: number;
  /** [size, ...labelShape] flattened; −1 is ignored. */
  readonly labels?: Int32Array;
  /** One sample's labels: [] for one, [positions] for one a position. There whenever `labels` is. */
  readonly labelShape?: readonly number[];
  /** Float targets, [size, ...]. */
  readonly targets?: Tensor;
  /** Names of classes by index; "" for an index without one. */
  readonly classes?: readonly string[];
  /** What each token id stands for, where a vocabulary came with the data. */
  readonly words?: readonly string[];
  /** SHA-256 (hex) of what was read: the file's own for one file, of their `sha256sum` listing for several. */
  readonly digest: string;
  /** What was left out: images that could not be read, or that have no label where others do. */
  readonly skipped: readonly SkippedSample[];
  /** File names, one a sample. */
  readonly sampleNames?: readonly string[];
  /** An input has no batch axis, so samples cannot be stacked: `batch` takes one index at a time. */
  readonly oneAtATime: boolean;
  /**
   * Feeds for samples: one tensor a model input, first axis = samples, in the order asked.
   * Rejects with a sentence for an index out of range, or for several where `oneAtATime`.
   */
  batch(indices: readonly number[]): Promise<Record<string, Tensor>>;
}

/**
 * Whether every label is a class the network has (−1, ignored, counts as one).
 * @param classCount length of the network's class axis
 * @returns a sentence naming the first label that is not, or undefined
 */
export function checkLabels(dataset: Dataset, classCount: number): string | undefined {
  const { labels, size, sampleNames } = dataset;
  if (!labels) return undefined;
  const at = labels.findIndex((label) => label < -1 || label >= classCount);
  if (at < 0) return undefined;
  const sample = Math.floor(at / (labels.length / size));
  return foreignLabel(labels[at] as number, sampleNames?.[sample] ?? `sample ${sample}`, classCount);
}

/** Labels where there is one a sample: what a split by label goes by. */
export const oneLabelEach = ({ labels, labelShape }: Pick<Dataset, "labels" | "labelShape">) =>
  labelShape?.length === 0 ? labels : undefined;

/** The sentence for a label that is no class of the network. */
export function foreignLabel(label: number, where: string, classCount: number): string {
  return `labels: found class ${label} in ${where}, expected below the network's ${classCount} classes`;
}

/** Throws a sentence unless `indices` can be fed together. */
export function checkIndices(
  indices: readonly number[],
  dataset: Pick<Dataset, "name" | "size" | "oneAtATime">,
) {
  for (const index of indices) {
    if (Number.isInteger(index) && index >= 0 && index < dataset.size) continue;
    throw new Error(`${dataset.name}: sample ${index}, expected within [0, ${dataset.size})`);
  }
  if (indices.length < 1 || (dataset.oneAtATime && indices.length > 1)) {
    throw new Error(
      `${dataset.name}: ${indices.length} samples at once, expected ${dataset.oneAtATime ? "1, as an input has no batch axis" : "at least 1"}`,
    );
  }
}
