// Programs for tests: random ones, and the answer by trying everything. For tests only.

import { seededRandom } from "@bitscape/tensor";
import {
  type Alternative,
  fits,
  groupCount,
  type Picks,
  type Program,
  programOf,
  totalsOf,
} from "../program.ts";

/** Losses fall and costs rise from choice to choice as bits do; `noise` of 1 makes them arbitrary. */
export function randomProgram(
  seed: number,
  {
    groups,
    choices,
    resources = 1,
    noise = 0.3,
  }: { groups: number; choices: number; resources?: number; noise?: number },
): Program {
  const random = seededRandom(seed);
  const all = Array.from({ length: groups }, () => {
    const [size, sensitivity] = [Math.exp(4 * random()), Math.exp(6 * random())];
    return Array.from({ length: choices }, (_, k): Alternative => {
      const bits = 2 + k;
      const wobble = () => 1 + noise * (2 * random() - 1);
      return {
        loss: sensitivity * 4 ** -bits * wobble(),
        costs: Array.from({ length: resources }, (_, r) => size * bits ** (r + 1) * wobble()),
      };
    });
  });
  const open = programOf(all, new Array<number>(resources).fill(Number.MAX_VALUE));
  const ends = (pick: (a: number, b: number) => number, r: number) =>
    all.reduce(
      (sum, group) => sum + group.map(({ costs }) => costs[r] as number).reduce((a, b) => pick(a, b)),
      0,
    );
  const budgets = open.budgets.map((_, r) => {
    const [least, most] = [ends(Math.min, r), ends(Math.max, r)];
    return least + (0.02 + 0.9 * random()) * (most - least);
  });
  return { ...open, budgets };
}

/** Every combination; undefined where none keeps the budgets. */
export function bruteForce(program: Program): Picks | undefined {
  const count = groupCount(program);
  const picks = program.starts.slice(0, count);
  let best: Picks | undefined;
  for (;;) {
    const found = totalsOf(program, picks.slice());
    if (fits(program, found) && (!best || found.loss < best.loss)) best = found;
    let g = 0;
    for (; g < count; g++) {
      picks[g] = (picks[g] as number) + 1;
      if ((picks[g] as number) < (program.starts[g + 1] as number)) break;
      picks[g] = program.starts[g] as number;
    }
    if (g === count) return best;
  }
}
