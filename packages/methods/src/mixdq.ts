// MixDQ (Zhao et al., ECCV 2024, arXiv 2405.17873, §4.2–4.3): layers in groups that each have a metric and a program of
// their own, and the sweep over how the mean width is shared between them. Measuring is the caller's; the
// beginning-of-sentence token is bos.ts.

import { type Answer, solve } from "./knapsack.ts";
import { type Program, programOf } from "./program.ts";

/** A layer of one group, and how well the network does with it alone at each width; higher is better. */
export interface ScoredLayer {
  readonly elements: number;
  /** One for each of the program's widths; undefined where the layer may not have that width. */
  readonly scores: readonly (number | undefined)[];
}

// The paper's corridor about the mean width.
const CORRIDOR = 0.02;

/**
 * The program of one group: the highest sum of scores with a mean width within the corridor (eq. 5).
 * @param mean bits an element
 */
export function mixdqProgram(
  layers: readonly ScoredLayer[],
  widths: readonly number[],
  mean: number,
  corridor = CORRIDOR,
): Program {
  const elements = layers.reduce((sum, layer) => sum + layer.elements, 0);
  const groups = layers.map(({ elements: own, scores }) =>
    widths.flatMap((bits, k) => {
      const score = scores[k];
      return score === undefined ? [] : [{ loss: -score, costs: [bits * own, -bits * own] }];
    }),
  );
  return programOf(groups, [(mean + corridor) * elements, -(mean - corridor) * elements]);
}

/** Mean widths of two groups: with r = content ÷ quality elements and K = their ratio, the whole has the mean m. */
export function meanSplit(mean: number, ratio: number, k: number): { quality: number; content: number } {
  const quality = (mean * (1 + ratio)) / (k * ratio + 1);
  return { quality, content: k * quality };
}

export interface MixdqGroup {
  readonly layers: readonly ScoredLayer[];
  /** Candidates, ascending. */
  readonly widths: readonly number[];
}

/** One joint recipe to try: every candidate is measured, and the best of them taken (§4.3). */
export interface Candidate {
  readonly mean: number;
  readonly k: number;
  readonly quality: Allocated;
  readonly content: Allocated;
}

export interface Allocated {
  readonly mean: number;
  /** The width of each layer of the group. */
  readonly bits: readonly number[];
  /** Sum of scores. */
  readonly score: number;
  readonly gap: Answer["gap"];
}

export interface SweepOptions {
  /** Mean widths to try; the paper takes ten from the target − 0.3 to the target. */
  readonly means: readonly number[];
  /** Ratios content ÷ quality to try: ten in [0.46, 1.36] for weights, twenty in [0.94, 1.09] for activations. */
  readonly ks: readonly number[];
  readonly corridor?: number;
}

/** `count` evenly spaced values from one to the other, both included. */
export function evenly(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (count === 1 ? to : from + ((to - from) * i) / (count - 1)));
}

/** The sweep over means and ratios. Ratios that ask a group for a mean outside its widths, or that none reaches, are skipped. */
export function sweepK(quality: MixdqGroup, content: MixdqGroup, options: SweepOptions): Candidate[] {
  const size = ({ layers }: MixdqGroup) => layers.reduce((sum, layer) => sum + layer.elements, 0);
  const ratio = size(content) / size(quality);
  return options.means.flatMap((mean) =>
    options.ks.flatMap((k) => {
      const means = meanSplit(mean, ratio, k);
      const [q, c] = [
        allocated(quality, means.quality, options.corridor),
        allocated(content, means.content, options.corridor),
      ];
      return q && c ? [{ mean, k, quality: q, content: c }] : [];
    }),
  );
}

function allocated(group: MixdqGroup, mean: number, corridor?: number): Allocated | undefined {
  const { layers, widths } = group;
  if (mean < (widths[0] as number) || mean > (widths.at(-1) as number)) return undefined;
  const program = mixdqProgram(layers, widths, mean, corridor);
  const outcome = solve(program);
  if (outcome.kind === "infeasible") return undefined;
  const { picks, loss, gap } = outcome.answer;
  // A layer's choices are the widths it has scores at.
  const bits = layers.map(({ scores }, g) => {
    const own = widths.filter((_, k) => scores[k] !== undefined);
    return own[(picks[g] as number) - (program.starts[g] as number)] as number;
  });
  return { mean, bits, score: -loss, gap };
}
