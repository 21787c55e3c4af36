// Samples as the network sees them, a page at a time, and what the float network answers to each.

import type { Answered, LookRequest, SamplePage, SampleView } from "../data/calls.ts";
import type { Preprocess } from "../data/index.ts";
import type { Between } from "../progress.ts";
import { leastBatch } from "../runtime/batches.ts";
import { argMax } from "../score/metric.ts";
import type { Answer } from "../score/reference.ts";
import type { Study } from "../study.ts";
import { inputView, mainInput } from "../views/inputView.ts";
import { labelName } from "../views/preview.ts";
import { summaryOf } from "./extent.ts";

const BEST = 5;

/**
 * One page.
 * @param between awaited before the page and before each batch; throws to cancel
 * @param onPage the page without what is not answered yet
 */
export async function lookAt(
  study: Study,
  request: LookRequest,
  preprocess: Preprocess | null,
  between: Between,
  onPage: (page: SamplePage) => void,
): Promise<SamplePage> {
  const { reference, probe } = study;
  const indices = await indicesOf(study, request.of, between);
  const shown = indices.slice(request.from, request.from + request.count);
  const views: SampleView[] = [];
  // Quickly made: were there a turn for others between them, each would wait for a batch of theirs.
  await between(0, shown.length);
  for (const index of shown) views.push(await viewOf(study, index, request, preprocess));
  const page = { of: indices.length, samples: views };
  if (reference.kind.kind !== "classes") {
    return { ...page, samples: views.map((view) => ({ ...view, answers: [] })) };
  }
  onPage(page);
  const answers = await reference.floatAnswers(shown, probe, between);
  return { ...page, samples: views.map((view, i) => answered(study, view, answers[i])) };
}

async function indicesOf(study: Study, of: LookRequest["of"], between: Between): Promise<readonly number[]> {
  const { split, dataset, reference, probe } = study;
  if (of === "calibration") return split.calibration;
  if (of === "evaluation") return split.evaluation;
  if (of === "all") return Array.from({ length: dataset.size }, (_, index) => index);
  const answers = await reference.floatAnswers(split.evaluation, probe, between);
  return split.evaluation.filter((index, i) => rightOf(study, index, answers[i]) === false);
}

async function viewOf(
  { network, dataset, split, reference }: Study,
  index: number,
  { as, side }: LookRequest,
  preprocess: Preprocess | null,
): Promise<SampleView> {
  // Where a batch must be full, the sample is repeated, and the first of them looked at.
  const feeds = await dataset.batch(leastBatch(network).map(() => index));
  const known = dataset.labelShape?.length === 0 ? (dataset.labels?.[index] ?? -1) : -1;
  const view: SampleView = {
    index,
    name: dataset.sampleNames?.[index] ?? null,
    label: known < 0 ? null : known,
    labelName: labelName(dataset, index),
    calibrates: split.calibration.includes(index),
    evaluated: split.evaluation.includes(index),
    input: inputView(feeds, dataset, index, preprocess, { as, side }),
    ...summaryOf(mainInput(feeds).tensor),
    answers: null,
    right: null,
  };
  return answered({ dataset, reference }, view, reference.known(index));
}

function answered(
  study: Pick<Study, "dataset" | "reference">,
  view: SampleView,
  answer: Answer | undefined,
): SampleView {
  const { kind } = study.reference;
  if (!answer || !("logP" in answer) || kind.kind !== "classes") return view;
  const { classes } = study.dataset;
  // Of several positions the last: of a text, what comes next.
  const last = answer.logP.subarray(answer.logP.length - kind.classes);
  const answers: Answered[] = Array.from(last, (log, k) => ({
    class: k,
    name: classes?.[k] || null,
    probability: Math.exp(log),
  }));
  answers.sort((a, b) => b.probability - a.probability);
  return { ...view, answers: answers.slice(0, BEST), right: rightOf(study, view.index, answer) };
}

function rightOf(
  { dataset, reference: { kind } }: Pick<Study, "dataset" | "reference">,
  index: number,
  answer: Answer | undefined,
): boolean | null {
  const label = dataset.labelShape?.length === 0 ? dataset.labels?.[index] : undefined;
  if (label === undefined || label < 0 || !answer || !("logP" in answer) || kind.kind !== "classes")
    return null;
  return argMax(answer.logP, 0, kind.classes) === label;
}
