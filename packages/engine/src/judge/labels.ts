// The data's labels beside what the float network answers to their samples: a table to map them by.

import type { LabelReport } from "../data/calls.ts";
import { type Dataset, type LabelMapping, labelRows, outputOf } from "../data/index.ts";
import type { Between } from "../progress.ts";
import { argMax } from "../score/metric.ts";
import { outputKind } from "../score/output.ts";
import type { Study } from "../study.ts";
import { type AnsweredLabel, agreementNow, suggestions, tallied } from "./suggest.ts";

const ANSWERS = 4;

/**
 * The labels as they were read, and the answers to the evaluation's samples.
 * @param read the data with their own labels
 * @returns null where there is not one label a sample, or the network has no classes
 */
export async function labelReport(
  study: Study,
  read: Dataset,
  mapping: LabelMapping | undefined,
  outputs: readonly string[] | undefined,
  between: Between,
): Promise<LabelReport | null> {
  const rows = labelRows(read);
  const kind = outputKind(study.network, true);
  if (!rows || kind.kind !== "classes" || study.reference.kind.kind !== "classes") return null;
  const indices = study.samples();
  const answers = await study.reference.floatAnswers(indices, study.probe, between);
  const byLabel = new Map<number, number[]>();
  for (const [i, answer] of answers.entries()) {
    const label = read.labels?.[indices[i] as number] ?? -1;
    if (label < 0 || !("logP" in answer)) continue;
    const list = byLabel.get(label) ?? [];
    list.push(argMax(answer.logP, 0, kind.classes));
    byLabel.set(label, list);
  }
  const answeredLabels: AnsweredLabel[] = rows.map((row) => {
    const output = outputOf(row, mapping);
    return {
      ...row,
      output: output < kind.classes ? output : -1,
      answers: byLabel.get(row.index) ?? [],
    };
  });
  return {
    classes: kind.classes,
    outputs: outputs ?? null,
    rows: rows.map((row, i) => {
      const own = answeredLabels[i] as AnsweredLabel;
      return {
        ...row,
        output: outputOf(row, mapping),
        answered: own.answers.length,
        answers: tallied(own.answers).slice(0, ANSWERS),
      };
    }),
    now: agreementNow(answeredLabels),
    suggestions: suggestions(answeredLabels, kind.classes, outputs ?? null),
  };
}
