// A data set of named arrays (.npz, .npy, tables): matched to a network's inputs, checked once, cast row by row.

import { allocate, type DType, sizeOf, type Tensor, type TensorData, toFloat32 } from "@bitscape/tensor";
import { cast, checkCast } from "./cast.ts";
import { checkIndices, type Dataset, type ModelInput } from "./dataset.ts";
import type { Arrays } from "./files/npz.ts";
import { isAside, isLabel, isTarget } from "./labels/names.ts";

interface Feed {
  readonly input: ModelInput;
  readonly array: Tensor;
  /** Whether samples are stacked along the input's first axis. */
  readonly stacks: boolean;
  /** A stacked feed without its first axis; the whole feed where samples do not stack. */
  readonly sampleShape: readonly number[];
}

/**
 * A data set over arrays whose first axis is samples.
 *
 * An array belongs to the input of its name; a single input takes the only array that is not `labels` (or `y`) or `targets`,
 * whatever its name. An array fits where its axes after the first equal the input's after its batch axis, or all of
 * the input's, batch axis included (then a batch axis of 1 is dropped, and any other means one sample at a time).
 * Symbolic and unknown dimensions take any length.
 * @param labels instead of the file's own: [samples] or [samples, positions]
 * @throws sentences that name the input, what was found and what was expected
 */
export function arrayDataset(
  arrays: Arrays,
  inputs: readonly ModelInput[],
  options: { readonly name: string; readonly digest: string; readonly labels?: Tensor },
): Dataset {
  return datasetOf(readArrays(arrays, inputs, options.labels), options);
}

/** What of arrays a data set needs. */
interface ReadArrays extends Pick<Dataset, "size" | "labels" | "labelShape" | "targets"> {
  readonly feeds: readonly Feed[];
}

// Apart from what it was read from: whoever feeds samples would hold the file's bytes beside the arrays, as long as it lives.
function datasetOf(
  { feeds, ...rest }: ReadArrays,
  { name, digest }: Pick<Dataset, "name" | "digest">,
): Dataset {
  const dataset: Dataset = {
    name,
    kind: "real",
    digest,
    skipped: [],
    oneAtATime: feeds.some((feed) => !feed.stacks),
    ...rest,
    batch: async (indices) => {
      checkIndices(indices, dataset);
      return Object.fromEntries(feeds.map((feed) => [feed.input.name, gather(feed, indices)]));
    },
  };
  return dataset;
}

function readArrays(arrays: Arrays, inputs: readonly ModelInput[], given: Tensor | undefined): ReadArrays {
  const candidates = arrays.names.filter((name) => !isAside(name, inputs));
  const feeds = inputs.map((input) => {
    const own = arrays.names.find((name) => name === input.name);
    const only = inputs.length === 1 && candidates.length === 1 ? candidates[0] : undefined;
    const name = own ?? only;
    if (name === undefined) {
      const found =
        candidates.length > 0 ? `arrays ${candidates.join(", ")}` : (arrays.lacking ?? "no arrays");
      throw new Error(`${arrays.name}: ${found}, expected one named "${input.name}" as the network's input`);
    }
    const array = arrays.read(name);
    const subject = `input "${input.name}" from ${arrays.name}`;
    const feed = { input, array, ...match(input, array.shape, subject) };
    checkCast(array, input.dtype, subject);
    return feed;
  });
  const [first] = feeds;
  if (!first) throw new Error(`${arrays.name}: a network without inputs, expected at least one`);
  const size = first.array.shape[0] as number;
  if (size === 0) throw new Error(`${arrays.name}: no samples, expected at least one`);
  const checkSize = (what: string, count: number | undefined) => {
    if (count === size) return;
    throw new Error(
      `${arrays.name}: ${count ?? "no"} samples of ${what}, expected ${size} as "${first.input.name}" has`,
    );
  };
  for (const feed of feeds) checkSize(`"${feed.input.name}"`, feed.array.shape[0]);

  const aside = (is: (name: string) => boolean) =>
    arrays.names.find((name) => is(name) && isAside(name, inputs));
  const labelName = aside(isLabel);
  const labels = given ?? (labelName === undefined ? undefined : arrays.read(labelName));
  if (labels) checkSize("labels", labels.shape[0]);
  const targetName = aside(isTarget);
  const targets = targetName === undefined ? undefined : arrays.read(targetName);
  if (targets) checkSize("targets", targets.shape[0]);

  return {
    feeds,
    size,
    ...(labels ? readLabels(labels, arrays.name) : {}),
    ...(targets
      ? { targets: { dtype: "float32", shape: targets.shape, data: toFloat32(targets.dtype, targets.data) } }
      : {}),
  };
}

function match(
  input: ModelInput,
  array: readonly number[],
  subject: string,
): Pick<Feed, "stacks" | "sampleShape"> {
  const { shape } = input;
  const fits = (dims: readonly number[], expected: ModelInput["shape"]) =>
    dims.every((dim, axis) => typeof expected[axis] !== "number" || expected[axis] === dim);
  const sample = array.slice(1);
  if (array.length === shape.length && array.length > 0 && fits(sample, shape.slice(1))) {
    return { stacks: true, sampleShape: sample };
  }
  if (array.length === shape.length + 1 && fits(sample, shape)) {
    const batched = shape.length > 0 && sample[0] === 1;
    return { stacks: batched, sampleShape: batched ? sample.slice(1) : sample };
  }
  const expected = ["samples", ...(shape.length > 0 ? shape.slice(1) : shape).map((dim) => dim ?? "?")];
  const first = sample.length === 3 && fits([sample[2], sample[0], sample[1]] as number[], shape.slice(1));
  const last = sample.length === 3 && fits([sample[1], sample[2], sample[0]] as number[], shape.slice(1));
  const order = first ? ", channels first" : last ? ", channels last" : "";
  throw new Error(`${subject}: shape [${array.join(", ")}], expected [${expected.join(", ")}]${order}`);
}

function gather({ input, array, stacks, sampleShape }: Feed, indices: readonly number[]): Tensor {
  const length = sizeOf(sampleShape);
  const out = allocate(array.dtype, indices.length * length);
  indices.forEach((index, row) => {
    copyRow(out, row * length, array.data, index * length, length);
  });
  const shape = stacks ? [indices.length, ...sampleShape] : sampleShape;
  return { dtype: input.dtype, shape, data: cast(array.dtype, out, input.dtype) };
}

function copyRow(to: TensorData, at: number, from: TensorData, start: number, length: number): void {
  // Both have the array's type, which the union of array types cannot say.
  (to as Float64Array).set(from.subarray(start, start + length) as Float64Array, at);
}

/** Labels as int32, [n, 1] counting as [n]. Throws a sentence for one that is not a class index or −1. */
function readLabels(labels: Tensor, subject: string): { labels: Int32Array; labelShape: readonly number[] } {
  const values = Int32Array.from({ length: labels.data.length }, (_, i) => {
    const value = numberAt(labels.dtype, labels.data, i);
    if (Number.isInteger(value) && value >= -1 && value < 2 ** 31) return value;
    throw new Error(`${subject}: label ${value} at ${i}, expected whole numbers from -1`);
  });
  const perSample = labels.shape.slice(1);
  return { labels: values, labelShape: perSample.length === 1 && perSample[0] === 1 ? [] : perSample };
}

function numberAt(dtype: DType, data: TensorData, at: number): number {
  return dtype === "float16" ? (toFloat32(dtype, data.subarray(at, at + 1))[0] as number) : Number(data[at]);
}
