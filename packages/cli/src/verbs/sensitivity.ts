// bitscape sensitivity MODEL: the heatmap, cell by cell.

import { baseSchemes, type Cell, cellsOf, columnScheme, type Target } from "@bitscape/engine";
import { common, dataFlags, integer, list } from "../flags.ts";
import { dataReport, openStudy } from "../opening.ts";
import { table } from "../text.ts";
import { Usage } from "../usage.ts";
import type { Verb } from "../verb.ts";

const targetNames: readonly Target[] = ["weight", "activation"];

export const sensitivity: Verb = {
  name: "sensitivity",
  takes: ["MODEL"],
  help: "measures what each layer's weights and activations cost at each bit-width",
  flags: [...common, ...dataFlags, "bits", "mode", "samples", "targets"],
  async run(job) {
    const { values, signal, progress } = job;
    const started = performance.now();
    const mode = values.mode ?? "measured";
    if (mode !== "measured")
      throw new Usage(`--mode: ${mode}, expected measured (this version does not predict yet)`);
    const bits = (list(values, "bits") ?? ["2", "3", "4", "6", "8"]).map((text) => {
      const width = Number(text);
      if (!Number.isInteger(width) || width < 2 || width > 8)
        throw new Usage(`--bits: ${text}, expected widths from 2 to 8`);
      return width;
    });
    const targets = (list(values, "targets") ?? targetNames).map((text) => {
      if (!targetNames.includes(text as Target))
        throw new Usage(`--targets: ${text}, expected weight, activation or both`);
      return text as Target;
    });
    const wanted = integer(values, "samples", 1) ?? 64;
    const study = await openStudy(job.positionals[0] as string, job);
    const samples = study.samples(wanted);
    const keys = cellsOf(study.network, bits, targets);
    const cells: Cell[] = [];
    const failed: { layer: string; target: Target; bits: number; reason: string }[] = [];
    for (const [done, key] of keys.entries()) {
      if (signal.aborted) break;
      progress("measuring", done, keys.length);
      try {
        cells.push(await study.cell(key, samples, async () => signal.throwIfAborted()));
      } catch (error) {
        if (signal.aborted) break;
        failed.push({ ...key, reason: (error as Error).message });
      }
    }
    progress("measuring", keys.length, keys.length);
    const interrupted = signal.aborted;
    // Where nothing could be measured, what was given is to blame, not a cell.
    if (cells.length === 0 && failed[0] && !interrupted) throw new Error(failed[0].reason);
    const { dataset } = study;
    const json = {
      metric: study.reference.metric,
      n: samples.length,
      mode,
      ...dataReport(study),
      sampleIndices: samples,
      ...(dataset.sampleNames && { sampleNames: samples.map((index) => dataset.sampleNames?.[index]) }),
      schemes: Object.fromEntries(targets.map((target) => [target, baseSchemes[target]])),
      cells: cells.map(({ layer, target, bits: width, finding, drop }) => {
        const { value, low, high, n, source } = finding;
        return {
          layer,
          bits: width,
          target,
          value,
          low,
          high,
          n,
          source,
          scheme: columnScheme(target, width),
          drop: drop?.value ?? null,
        };
      }),
      failed,
      runtime: study.runtime.name,
      complete: !interrupted && failed.length === 0,
      seconds: (performance.now() - started) / 1000,
    };
    await study.release();
    const text = targets
      .map((target) => {
        const layers = [...new Set(keys.filter((key) => key.target === target).map((key) => key.layer))];
        const valueAt = (layer: string, width: number) => {
          const cell = cells.find(
            (each) => each.layer === layer && each.target === target && each.bits === width,
          );
          return cell ? cell.finding.value.toExponential(2) : "–";
        };
        const rows = layers.map((layer) => [layer, ...bits.map((width) => valueAt(layer, width))]);
        return `${target}: ${json.metric} to the float network, ${json.n} samples\n${table(["layer", ...bits.map((b) => `${b} bits`)], rows)}`;
      })
      .join("\n\n");
    return { json, text, interrupted };
  },
};
