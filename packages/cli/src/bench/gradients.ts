// What gradients cost: backward against forward on blocks of common networks, and the predicted heatmap against the
// measured one. Ratios within a run, as all measures here.

import type { Runtime } from "@bitscape/engine";
import { cellsOf, Study } from "@bitscape/engine";
import { blockModels, blocks } from "@bitscape/grad/testing";
import { encodeModel, type Model } from "@bitscape/graph";
import { idle, inTurn, type Measure } from "./measures.ts";

// Of the blocks in the order of the list: the depthwise one has twice the work in its gradients.
const bounds = [2.5, 3.5, 2.5];
const FISHER_BOUND = 1.1;

/** Forward and backward, with all weights' gradients, against forward; and the Fisher diagonal against that. */
export async function backwardCost(runtime: Runtime, samples = 4): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const [i, block] of blocks.entries()) {
    const { name, forward, weights, fisher, feeds } = blockModels(block, samples);
    const sessions = [];
    for (const model of [forward, weights, fisher] as Model[])
      sessions.push(await runtime.load(encodeModel(model)));
    const [plain, whole, diagonal] = (await inTurn(
      8,
      sessions.map((session) => () => session.run(feeds)),
    )) as [number, number, number];
    for (const session of sessions) await session.release();
    const short = name.split(",")[0] as string;
    measures.push({
      name: `${short}: backward ÷ forward`,
      ratio: (whole - plain) / plain,
      unit: "×",
      bound: bounds[i] as number,
      detail: `${whole.toFixed(1)} ms with all gradients against ${plain.toFixed(1)} ms, ${samples} samples`,
    });
    measures.push({
      name: `${short}: Fisher diagonal ÷ gradients`,
      ratio: diagonal / whole,
      unit: "×",
      bound: FISHER_BOUND,
      detail: `${diagonal.toFixed(1)} ms with each sample's squares against ${whole.toFixed(1)} ms`,
    });
  }
  return measures;
}

const BITS = [2, 3, 4, 5, 6, 8];

/** All cells predicted, from nothing to findings, against all measured on as many samples. */
export async function predictionCost(study: Study, samples = 128): Promise<Measure> {
  const { network, dataset, runtime } = study;
  const calibration = { calibration: study.split.calibration.length };
  const targets = ["weight", "activation"] as const;
  const fresh = () => Study.open(network, dataset, runtime, calibration);
  const [first, second] = [await fresh(), await fresh()];
  // Both need ranges.
  for (const each of [first, second]) await each.ranges(idle);
  let started = performance.now();
  let cells = 0;
  const request = { bits: BITS, targets, samples, estimator: "gauss-newton" } as const;
  await first.predict(
    request,
    (found) => {
      cells += found.length;
    },
    idle,
  );
  const predicted = performance.now() - started;
  const indices = second.samples(samples);
  started = performance.now();
  for (const key of cellsOf(network, BITS, targets)) await second.cell(key, indices, idle);
  const measured = performance.now() - started;
  await first.release();
  await second.release();
  return {
    name: "predicted heatmap ÷ measured heatmap",
    ratio: predicted / measured,
    unit: "×",
    bound: 0.1,
    detail: `${predicted.toFixed(0)} ms against ${measured.toFixed(0)} ms, ${cells} cells on ${samples} samples`,
  };
}
