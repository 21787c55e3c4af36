// The comparison as comma-separated values: a row a sample shown, a row a confusion, a row a layer.

import type { ComparedSample, CompareReport, LayersReport } from "@bitscape/engine";
import { csv, type Entry } from "../ui/csv.ts";
import { className, sampleName } from "./words.ts";

/** Which answers became which. */
export const confusionsCsv = ({ classes, confusions }: CompareReport) =>
  csv([
    ["float", "quantized", "samples"],
    ...confusions.map(({ from, to, count }) => [className(classes, from), className(classes, to), count]),
  ]);

/** Signal to noise of each layer's output. */
export const layersCsv = ({ layers }: LayersReport) =>
  csv([["layer", "operator", "SQNR (dB)"], ...layers.map(({ layer, op, sqnrDb }) => [layer, op, sqnrDb])]);

export function compareCsv(report: CompareReport, layers: LayersReport | null): string {
  const { classes, samples, confusions } = report;
  const named = (index: number | null | undefined) => (index == null ? "" : className(classes, index));
  const first = ({ answers }: ComparedSample) =>
    answers.kind === "classes"
      ? ([answers.float[0], answers.quantized[0]] as const)
      : ([undefined, undefined] as const);
  const rows: Entry[][] = [
    ["kind", "name", "label", "float", "probability", "quantized", "probability", report.metric],
    ...samples.map((sample) => {
      const [float, quantized] = first(sample);
      return [
        "sample",
        sampleName(sample),
        named(sample.label),
        named(float?.class),
        float?.probability,
        named(quantized?.class),
        quantized?.probability,
        sample.divergence,
      ];
    }),
    ["kind", "float", "quantized", "samples"],
    ...confusions.map(({ from, to, count }) => ["confusion", named(from), named(to), count]),
    ["kind", "layer", "operator", "SQNR (dB)"],
    ...(layers?.layers ?? []).map(({ layer, op, sqnrDb }) => ["layer", layer, op, sqnrDb]),
  ];
  return csv(rows);
}
