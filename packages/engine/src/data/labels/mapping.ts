// From what the data call a class to the network's output for it: folder names in another order, classes counted from 1,
// other names. Not how labels are read (labels.ts), nor which mapping would fit (judge/suggest.ts).

import type { Dataset } from "../dataset.ts";

export interface LabelMapping {
  /** Output index by label: its name in the data, or its number as text. −1: not counted. Labels that are not named keep their number. */
  readonly to: Readonly<Record<string, number>>;
  /** "answers": made from the network's own answers, so that agreeing with it is no accuracy. */
  readonly origin: "given" | "answers";
}

/** A class as the data have it. */
export interface LabelRow {
  /** Its name, or its number as text. */
  readonly label: string;
  /** Its number in the data. */
  readonly index: number;
  /** Samples that have it. */
  readonly count: number;
}

/** The classes that data with one label a sample have, by number; null for other data. Beyond `most` there are too many to map. */
export function labelRows(dataset: Dataset, most = 5000): LabelRow[] | null {
  const { labels, labelShape } = dataset;
  if (!labels || labelShape?.length !== 0) return null;
  const counts = new Map<number, number>();
  for (const label of labels) if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  if (counts.size > most) return null;
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([index, count]) => ({ label: labelName(dataset, index), index, count }));
}

const labelName = ({ classes }: Dataset, index: number) => classes?.[index] || String(index);

/** The output that a label stands for. */
export const outputOf = (
  row: Pick<LabelRow, "label" | "index">,
  mapping: LabelMapping | undefined,
): number =>
  mapping && Object.hasOwn(mapping.to, row.label) ? (mapping.to[row.label] as number) : row.index;

/**
 * The data with their labels as the network's outputs.
 * @param outputs names of the network's outputs; where absent, outputs are called as the labels that stand for them
 * @throws a sentence where the mapping names a label that the data do not have, or an output that is no index
 */
export function withMapping(
  dataset: Dataset,
  mapping: LabelMapping | undefined,
  outputs?: readonly string[],
): Dataset {
  const rows = labelRows(dataset);
  if (!mapping) return outputs ? { ...dataset, classes: outputs } : dataset;
  if (!rows || !dataset.labels) {
    throw new Error(`${dataset.name}: no label for each sample, expected some to be mapped`);
  }
  const known = new Set(rows.map(({ label }) => label));
  for (const [label, output] of Object.entries(mapping.to)) {
    if (!known.has(label)) {
      throw new Error(
        `label mapping: "${label}", expected one of the data's labels, such as "${rows[0]?.label}"`,
      );
    }
    if (!Number.isInteger(output) || output < -1) {
      throw new Error(`label mapping: ${output} for "${label}", expected an output's index from 0, or -1`);
    }
  }
  const output = new Map(rows.map((row) => [row.index, outputOf(row, mapping)]));
  const classes: string[] = [];
  if (dataset.classes)
    for (const row of rows) if (outputOf(row, mapping) >= 0) classes[outputOf(row, mapping)] = row.label;
  return {
    ...dataset,
    labels: dataset.labels.map((label) => output.get(label) ?? label),
    ...(outputs
      ? { classes: outputs }
      : dataset.classes && { classes: Array.from(classes, (name) => name ?? "") }),
  };
}

/** The same data without labels. */
export function withoutLabels({ labels: _, labelShape: __, ...dataset }: Dataset): Dataset {
  return dataset;
}

/** A mapping as text: one `label,index` a line, as `parseClassList` reads it. */
export const mappingText = (rows: readonly { readonly label: string; readonly output: number }[]) =>
  rows.map(({ label, output }) => `${label},${output}\n`).join("");
