// How well a network does with one layer quantized, by the metric of the layer's group; higher is better, and sums of
// them are what MixDQ's program makes large (arXiv 2405.17873, §4.2).

import type { Network } from "../network/network.ts";
import { ssim } from "../score/metric.ts";
import type { Answer, Pair } from "../score/reference.ts";

export const mixdqMetrics = ["sqnr", "ssim", "kl", "top1"] as const;
export type MixdqMetric = (typeof mixdqMetrics)[number];

/** Where nothing differs, a ratio of signal to noise ends here, dB. */
const MOST_DB = 120;

const scorers: Readonly<Record<MixdqMetric, (pairs: readonly Pair[], network: Network) => number>> = {
  // dB, over all samples: 10 log10(Σ y² ÷ Σ (ŷ − y)²).
  sqnr: (pairs) => {
    let [signal, noise] = [0, 0];
    for (const { float, quantized } of pairs) {
      const [own, other] = [valuesOf(float), valuesOf(quantized)];
      for (const [k, values] of own.entries()) {
        const against = other[k] as ArrayLike<number>;
        for (let i = 0; i < values.length; i++) {
          const y = values[i] as number;
          signal += y * y;
          noise += ((against[i] as number) - y) ** 2;
        }
      }
    }
    return noise > 0 ? Math.min(MOST_DB, 10 * Math.log10(signal / noise)) : MOST_DB;
  },
  ssim: (pairs, network) => mean(pairs, (pair) => similarity(pair, network)),
  // Nats, negative: higher is nearer.
  kl: (pairs) => -mean(pairs, ({ comparison }) => comparison.divergence),
  // Positions with the float network's answer, 0 to 1.
  top1: (pairs) => {
    const positions = pairs.reduce((sum, { comparison }) => sum + comparison.positions, 0);
    const agreeing = pairs.reduce((sum, { comparison }) => sum + comparison.agreeing, 0);
    return positions > 0 ? agreeing / positions : Number.NaN;
  },
};

/** The score of some samples' answers. */
export function scoreOfPairs(metric: MixdqMetric, pairs: readonly Pair[], network: Network): number {
  return scorers[metric](pairs, network);
}

/** Metrics for a network of which nothing else is said: of images the paper's two, of classes one of values and one of answers. */
export function metricsOf(network: Network, classes: boolean): readonly [MixdqMetric, MixdqMetric] {
  if (classes) return ["sqnr", "kl"];
  return imageOf(network) ? ["sqnr", "ssim"] : ["sqnr", "sqnr"];
}

/** Height and width of the first output, where it is an image. */
function imageOf({ model, values }: Network): readonly [height: number, width: number] | undefined {
  const shape = values.get(model.graph.outputs[0]?.name ?? "")?.shape ?? [];
  const [height = 0, width = 0] = shape.slice(-2);
  return shape.length >= 3 && height >= 8 && width >= 8 ? [height, width] : undefined;
}

/** Mean over the channels of the first output. */
function similarity({ float, quantized }: Pair, network: Network): number {
  const size = imageOf(network);
  const [own, other] = [valuesOf(float)[0], valuesOf(quantized)[0]];
  if (!size || !own || !other)
    throw new Error(`ssim: ${network.name}, whose output is no image, expected one of at least 8 × 8`);
  const [height, width] = size;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of own) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const planes = own.length / (height * width);
  let sum = 0;
  for (let p = 0; p < planes; p++) {
    const [from, to] = [p * height * width, (p + 1) * height * width];
    const [a, b] = [Float32Array.from(own.slice(from, to)), Float32Array.from(other.slice(from, to))];
    sum += ssim(a, b, width, height, high - low || 1);
  }
  return sum / planes;
}

function valuesOf(answer: Answer): readonly (Float32Array | Float64Array)[] {
  return "logP" in answer ? [answer.logP] : answer.values;
}

function mean(pairs: readonly Pair[], of: (pair: Pair) => number): number {
  return pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
}
