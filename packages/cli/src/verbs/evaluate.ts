// bitscape evaluate MODEL: runs any network on data, and scores it.

import { evaluateFile, type MetricName, metricNames, oneLabelEach, splitData } from "@bitscape/engine";
import { common, dataFlags } from "../flags.ts";
import { modelAt } from "../node/model.ts";
import { dataReport, openData, openModel, runtimeFor, splitOf } from "../opening.ts";
import { Usage } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const evaluate: Verb = {
  name: "evaluate",
  takes: ["MODEL"],
  help: "runs a network, float or quantized, on data and scores it",
  flags: [...common, ...dataFlags, "metric", "reference"],
  async run(job) {
    const { values, signal, progress } = job;
    const started = performance.now();
    const asked = values.metric;
    if (asked !== undefined && !metricNames.includes(asked as MetricName)) {
      throw new Usage(`--metric: ${asked}, expected ${metricNames.join(", ")}`);
    }
    const runtime = runtimeFor(values);
    const { file, network } = await openModel(job.positionals[0] as string, job, runtime);
    const { dataset } = await openData(network, job);
    const split = splitData(dataset.size, splitOf(values), oneLabelEach(dataset));
    const fallback: MetricName = values.reference !== undefined ? "kl" : dataset.labels ? "top1" : "mse";
    const found = await evaluateFile(file, runtime, {
      network,
      dataset,
      indices: split.evaluation,
      metric: (asked as MetricName | undefined) ?? fallback,
      ...(values.reference !== undefined && { reference: modelAt(values.reference) }),
      between: async (done, total) => {
        signal.throwIfAborted();
        progress("running", done, total);
      },
    });
    const { value, low, high, n } = found.finding;
    const seconds = (performance.now() - started) / 1000;
    const json = {
      metric: found.metric,
      value,
      low,
      high,
      n,
      source: "measured",
      ...dataReport({ dataset, split }),
      runtime: runtime.name,
      seconds,
    };
    const said = `${found.metric} ${value.toPrecision(5)} (95 %: ${low.toPrecision(4)} to ${high.toPrecision(4)}, n = ${n})`;
    return { json, text: dataset.kind === "synthetic" ? `${said} on synthetic data` : said };
  },
};
