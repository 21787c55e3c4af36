// Float beside quantized over the evaluation samples: which answers flip, which classes are confused, and the samples whose
// outputs differ most, with what both networks say of them.

import type { Preprocess } from "../data/index.ts";
import type { Between } from "../progress.ts";
import { recipeKey } from "../recipe.ts";
import { leastBatch } from "../runtime/batches.ts";
import { Tally } from "../score/evaluate.ts";
import { proportionFinding } from "../score/finding.ts";
import { argMax } from "../score/metric.ts";
import type { OutputKind } from "../score/output.ts";
import type { Answer, Pair } from "../score/reference.ts";
import type { Study } from "../study.ts";
import { inputView } from "../views/inputView.ts";
import type { Answers, ComparedSample, CompareReport, CompareRequest, Confusion, Guess } from "./calls.ts";

const GUESSES = 5;
const VALUES = 256;
const CONFUSIONS = 24;
/** Longest side of pictures, pixels. */
const PICTURE = 128;

type Classes = Extract<OutputKind, { kind: "classes" }>;

/** What is kept of a sample while it is among the worst. */
type Kept = Omit<ComparedSample, "input">;

/**
 * Compares a recipe with the float network, batch by batch.
 * @param between awaited before each batch; throws to cancel
 */
export async function compareRecipe(
  study: Study,
  { recipe, show }: CompareRequest,
  preprocess: Preprocess | null,
  between: Between,
  onReport: (report: CompareReport) => void,
): Promise<CompareReport> {
  const at = await study.of(recipe, between);
  const { reference, probe, dataset } = at;
  const of = recipeKey(recipe);
  const settings = probe.settings(await at.plan(recipe, between));
  const samples = study.samples();
  const tally = new Tally();
  const confusions = new Map<string, Confusion>();
  let worst: Kept[] = [];
  let flips = 0;
  let broken = 0;
  let mended = 0;
  const views = new Map<number, ComparedSample["input"]>();

  // Where a batch must be full, the sample is repeated, and the first of them looked at.
  const alone = (index: number) => dataset.batch(leastBatch(study.network).map(() => index));

  const report = async (done: boolean): Promise<CompareReport> => {
    const n = tally.comparisons.length;
    for (const { index } of worst) {
      if (views.has(index)) continue;
      views.set(index, inputView(await alone(index), dataset, index, preprocess, { side: PICTURE }));
    }
    const counted = reference.kind.kind === "classes";
    const labelled = counted && tally.sum("labelled") > 0;
    return {
      metric: reference.metric,
      data: dataset.kind,
      n,
      of: samples.length,
      divergence: tally.divergence(of),
      flips: counted && n > 0 ? proportionFinding(flips, n, of) : null,
      broken: labelled ? broken : null,
      mended: labelled ? mended : null,
      confusions: [...confusions.values()].sort((a, b) => b.count - a.count).slice(0, CONFUSIONS),
      classes: dataset.classes ?? null,
      samples: worst.map((kept) => ({ ...kept, input: views.get(kept.index) as ComparedSample["input"] })),
      done,
    };
  };

  for (const batch of reference.batches(samples)) {
    await between(tally.comparisons.length, samples.length);
    const pairs = await reference.pairs(batch, probe, (feeds) => probe.run(feeds, settings));
    tally.add(pairs.map(({ comparison }) => comparison));
    for (const pair of pairs) {
      const { positions, agreeing, correct, floatCorrect } = pair.comparison;
      if (agreeing < positions) flips++;
      broken += Math.max(0, floatCorrect - correct);
      mended += Math.max(0, correct - floatCorrect);
      if (reference.kind.kind === "classes") note(confusions, pair, reference.kind);
    }
    const fresh = pairs.map((pair) => keptOf(pair, reference.kind, study));
    worst = [...worst, ...fresh].sort((a, b) => b.divergence - a.divergence).slice(0, show);
    onReport(await report(false));
  }
  return report(true);
}

function note(confusions: Map<string, Confusion>, { float, quantized }: Pair, { classes }: Classes): void {
  if (!("logP" in float) || !("logP" in quantized) || float.logP.length !== classes) return;
  const from = argMax(float.logP, 0, classes);
  const to = argMax(quantized.logP, 0, classes);
  if (from === to) return;
  const key = `${from} ${to}`;
  confusions.set(key, { from, to, count: (confusions.get(key)?.count ?? 0) + 1 });
}

function keptOf({ index, float, quantized, comparison }: Pair, kind: OutputKind, { dataset }: Study): Kept {
  const label = dataset.labelShape?.length === 0 ? (dataset.labels?.[index] ?? -1) : -1;
  return {
    index,
    name: dataset.sampleNames?.[index] ?? null,
    label: label < 0 ? null : label,
    divergence: comparison.divergence,
    flipped: comparison.agreeing < comparison.positions,
    answers: answersOf(float, quantized, kind),
  };
}

function answersOf(float: Answer, quantized: Answer, kind: OutputKind): Answers {
  if ("logP" in float && "logP" in quantized && kind.kind === "classes") {
    return {
      kind: "classes",
      float: guesses(float.logP, kind.classes),
      quantized: guesses(quantized.logP, kind.classes),
    };
  }
  const first = (answer: Answer) =>
    "values" in answer ? (answer.values[0] ?? new Float32Array()).slice(0, VALUES) : new Float32Array();
  return { kind: "values", float: first(float), quantized: first(quantized) };
}

/** The best classes of the last position, which for a text is what comes next. */
function guesses(logP: Float64Array, classes: number): Guess[] {
  const last = logP.subarray(logP.length - classes);
  return Array.from(last, (value, k) => ({ class: k, probability: Math.exp(value) }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, GUESSES);
}
