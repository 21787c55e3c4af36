// One layer's codes, learned from what its samples say: each row's by descent, or those of all rows by AdaRound's relaxation with a
// descent at its end. A row keeps its codes where others do no better on samples that nothing was learned from.

import {
  damped,
  descendRow,
  type RoundingProblem,
  type Rungs,
  relaxRounding,
  rowError,
} from "@bitscape/methods";
import { decode, type Encoded, type Ladder } from "@bitscape/quant";
import type { LearnedName } from "../names.ts";
import type { Evidence } from "./gram.ts";
import type { Product } from "./products.ts";
import type { RoundingSite } from "./sites.ts";

// Of the mean square of inputs, added to each: directions that the samples hardly show are not free to use (GPTQ, Frantar et al.
// 2022, §3.3).
const DAMPING = 0.05;
// Multiply-adds between two turns: some milliseconds.
const TURN = 2 ** 22;

export interface LayerJob {
  readonly by: LearnedName;
  readonly site: RoundingSite;
  /** The float weight, as it lies in the tensor. */
  readonly values: Float32Array;
  /** As the plan rounds it. */
  readonly before: Encoded;
  readonly ladder: Ladder;
  /** One a group. */
  readonly evidence: readonly Evidence[];
  readonly product: Product;
  /** In [0, 1). */
  readonly random: () => number;
  readonly between: () => Promise<void>;
}

/** A group's values to start the descent from, on the grid. */
type Start = (
  job: LayerJob,
  problem: RoundingProblem,
  rungs: Rungs,
  rounded: Float32Array,
) => Promise<Float32Array>;

const starts: Readonly<Record<LearnedName, Start>> = {
  rounding: async (_, __, ___, rounded) => rounded.slice(),
  adaround: ({ product, random, between }, problem, rungs) =>
    relaxRounding(problem, rungs, product, random, between),
};

/** Learned codes; undefined where none is better than before. */
export async function roundLayer(job: LayerJob): Promise<Encoded | undefined> {
  const { site, values, before, ladder, evidence, between } = job;
  const { rows, inputs, element } = site;
  const decoded = decode(before);
  const learned = codesOf(before);
  let changed = false;
  let work = 0;
  for (const [group, found] of evidence.entries()) {
    const problem = damped(found.learned, DAMPING);
    const at = Uint32Array.from({ length: rows * inputs }, (_, i) =>
      element(group, Math.floor(i / inputs), i % inputs),
    );
    const rungs = rungsOf(ladder, at, values);
    const rounded = Float32Array.from(at, (i) => decoded[i] as number);
    const made = await starts[job.by](job, problem, rungs, rounded);
    for (let row = 0; row < rows; row++) {
      descendRow(problem, rungs, row, made);
      const judge = found.apart ?? found.learned;
      if (rowError(judge, row, made) < rowError(judge, row, rounded)) {
        changed = true;
        for (let i = row * inputs; i < (row + 1) * inputs; i++) {
          const element = at[i] as number;
          learned[element] = ladder.nearest(element, made[i] as number);
        }
      }
      work += 4 * inputs * inputs;
      if (work < TURN) continue;
      await between();
      work = 0;
    }
  }
  return changed ? ladder.encoded(learned) : undefined;
}

/** A copy of the codes of elements; none where blocks are coded together. */
const codesOf = (encoded: Encoded) => ("codes" in encoded ? encoded.codes.slice() : new Uint8Array());

/** The rungs around each weight of a group. */
function rungsOf(ladder: Ladder, at: Uint32Array, values: Float32Array): Rungs {
  const low = new Float32Array(at.length);
  const high = new Float32Array(at.length);
  for (const [i, element] of at.entries()) {
    const weight = values[element] as number;
    const code = ladder.nearest(element, weight);
    const value = ladder.value(element, code);
    const other = ladder.value(element, ladder.step(element, code, value <= weight ? 1 : -1));
    // Beyond an end of the grid there is nothing to choose.
    const inside = weight >= Math.min(value, other) && weight <= Math.max(value, other);
    low[i] = inside ? Math.min(value, other) : value;
    high[i] = inside ? Math.max(value, other) : value;
  }
  return { low, high };
}
