// The pairs of a coupling matrix: which are largest, and how they are on the whole.

import type { CouplingReport, StepOf } from "@bitscape/engine";

export interface Coupled {
  readonly a: StepOf;
  readonly b: StepOf;
  readonly value: number;
}

type Matrix = Pick<CouplingReport, "of" | "matrix">;

/** Each pair that is known, once. */
function pairsOf({ of, matrix }: Matrix): Coupled[] {
  return of.flatMap((a, i) =>
    of.slice(i + 1).flatMap((b, k) => {
      const value = matrix[i * of.length + i + 1 + k] as number;
      return Number.isNaN(value) ? [] : [{ a, b, value }];
    }),
  );
}

export const largestCouplings = (report: Matrix, count: number): Coupled[] =>
  pairsOf(report)
    .sort((x, y) => y.value - x.value)
    .slice(0, count);

/** Mean over the pairs that are known, and how many are above one half. */
export function matrixFacts(report: Matrix): {
  readonly mean: number;
  readonly strong: number;
  readonly pairs: number;
} {
  const values = pairsOf(report).map(({ value }) => value);
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / (values.length || 1),
    strong: values.filter((value) => value > 0.5).length,
    pairs: values.length,
  };
}
