// The float network under other preprocessing, on some samples of the data: which of them it was trained with, as far as its
// accuracy tells. The study at hand stays as it is; its probe does the running.

import type { TriedPreprocess } from "../data/calls.ts";
import type { Dataset, DecodedImage, ImageDecoder, Preprocess } from "../data/index.ts";
import type { Between } from "../progress.ts";
import { meanFinding, proportionFinding } from "../score/finding.ts";
import { argMax } from "../score/metric.ts";
import { Reference } from "../score/reference.ts";
import type { Study } from "../study.ts";

/** Most samples of a trial: their images are held decoded. */
const MOST = 256;

export interface Trial {
  readonly study: Study;
  /** The data's images of these names, with a preprocessing. */
  readonly read: (
    preprocess: Preprocess,
    only: ReadonlySet<string>,
    decode: ImageDecoder,
  ) => Promise<Dataset>;
  readonly decode: ImageDecoder;
  readonly between: Between;
}

/**
 * Runs the float network on the same samples under each candidate.
 * @param samples how many, spread evenly over the evaluation
 * @param onTried running results, by the candidate's place
 * @throws a sentence where the data are no images
 */
export async function tryPreprocess(
  { study, read, decode, between }: Trial,
  candidates: readonly Preprocess[],
  samples: number,
  onTried: (at: number, tried: TriedPreprocess) => void,
): Promise<TriedPreprocess[]> {
  const names = study.dataset.sampleNames;
  if (!names) throw new Error(`${study.dataset.name}: no images, expected some to be preprocessed`);
  const only = new Set(
    spread(study.split.evaluation, Math.min(samples, MOST)).map((i) => names[i] as string),
  );
  const decoded = kept(decode);
  const found: TriedPreprocess[] = [];
  for (const [at, preprocess] of candidates.entries()) {
    await between(at, candidates.length);
    const tried = await tryOne(
      { study, between },
      preprocess,
      async () => withLabelsOf(study.dataset, await read(preprocess, only, decoded)),
      (running) => onTried(at, running),
    );
    onTried(at, tried);
    found.push(tried);
  }
  return found;
}

async function tryOne(
  { study, between }: Pick<Trial, "study" | "between">,
  preprocess: Preprocess,
  read: () => Promise<Dataset>,
  onTried: (tried: TriedPreprocess) => void,
): Promise<TriedPreprocess> {
  let dataset: Dataset;
  try {
    dataset = await read();
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    const failure = (error as Error).message;
    return { preprocess, top1: null, confidence: null, n: 0, done: true, failure };
  }
  const reference = new Reference(study.network, dataset);
  const { kind } = reference;
  let correct = 0;
  let labelled = 0;
  const best: number[] = [];
  const tried = (done: boolean): TriedPreprocess => ({
    preprocess,
    top1: labelled > 0 ? proportionFinding(correct, labelled, "float") : null,
    confidence: best.length > 0 ? meanFinding(best, "float") : null,
    n: Math.max(labelled, best.length),
    done,
  });
  const indices = Array.from({ length: dataset.size }, (_, index) => index);
  for (const batch of reference.batches(indices)) {
    await between(best.length, indices.length);
    const own = batch.indices.slice(0, batch.count);
    const answers = await reference.floatAnswers(own, study.probe, async () => {});
    if (kind.kind !== "classes") break;
    for (const [i, answer] of answers.entries()) {
      if (!("logP" in answer)) continue;
      const guess = argMax(answer.logP, 0, kind.classes);
      best.push(Math.exp(answer.logP[guess] as number));
      const label = dataset.labels?.[own[i] as number] ?? -1;
      if (label < 0) continue;
      labelled++;
      if (guess === label) correct++;
    }
    onTried(tried(false));
  }
  return tried(true);
}

/** Some of a data set's images, with the labels that they have there. */
function withLabelsOf(whole: Dataset, some: Dataset): Dataset {
  const { labels, labelShape: _, ...bare } = some;
  if (!whole.labels || whole.labelShape?.length !== 0) return bare;
  const at = new Map(whole.sampleNames?.map((name, i) => [name, whole.labels?.[i] ?? -1]));
  return {
    ...bare,
    labels: Int32Array.from(some.sampleNames ?? [], (name) => at.get(name) ?? -1),
    labelShape: [],
  };
}

/** So many of a list, at equal distances. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)] as T);
}

/** A decoder that decodes each image once. */
function kept(decode: ImageDecoder): ImageDecoder {
  const images = new Map<string, Promise<DecodedImage>>();
  return (bytes, name) => {
    const known = images.get(name) ?? decode(bytes, name);
    images.set(name, known);
    return known;
  };
}
