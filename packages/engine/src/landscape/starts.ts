// The layer-wise choices that landscapes mark and that the joint search begins from, as range rules.

import { P_GRID, type Start, startOfP } from "@bitscape/methods";
import type { BaseRange } from "@bitscape/quant";

export interface StartRule extends Start {
  readonly rule: BaseRange;
}

/** Those that are no p of the grid. */
export const plainStarts: readonly StartRule[] = [
  { name: "max-abs", p: null, rule: "minmax" },
  { name: "percentile 99.99", p: null, rule: { percentile: 99.99 } },
  { name: "MSE", p: null, rule: "mse" },
];

export const startRules: readonly StartRule[] = [
  ...plainStarts,
  ...P_GRID.map((p) => ({ ...startOfP(p), rule: { lp: p } })),
];
