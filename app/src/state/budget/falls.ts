// What was measured of how far top-1 falls where the output diverges: cells and joint recipes of labelled samples. What it says
// of a recipe is the engine's (fall.ts).

import type { Fall, Finding } from "@bitscape/engine";
import type { State } from "../store.ts";
import { isFailed } from "../sweep/known.ts";

// 97.5 % quantile of the standard normal distribution.
const Z = 1.959964;

/** Empty without labels. */
export function fallsOf({ cells, joints, float }: Pick<State, "cells" | "joints" | "float">): Fall[] {
  const found: Fall[] = [];
  for (const { cell } of cells.values()) {
    const { drop, finding } = cell;
    if (drop && !isFailed(cell))
      found.push(fallOf(finding, drop.value, (drop.high - drop.low) / 2 / Z, drop.n));
  }
  for (const { score } of joints) {
    if (!score.top1 || !float?.top1) continue;
    const { value, n } = score.top1;
    const drop = float.top1.value - value;
    // The samples are the same: those alone that changed make it uncertain.
    found.push(fallOf(score.divergence, drop, Math.sqrt(Math.max(Math.abs(drop), 1 / n) / n), n));
  }
  return found;
}

const fallOf = ({ value }: Finding, drop: number, error: number, n: number): Fall => ({
  loss: value,
  drop,
  error: Number.isFinite(error) ? error : 1,
  n,
});
