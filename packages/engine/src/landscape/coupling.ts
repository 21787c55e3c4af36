// The coupling matrix: how far the clips of all quantized tensors can be chosen apart from each other, from finite differences
// in ln(clip) about the best layer-wise choice. Source: LAPQ (Nahshan et al. 2019) §3.
// Evaluations: 10 starts, then 1 + 2T + T(T − 1) for T tensors, those next to each other first.

import { hessianByPairs } from "@bitscape/methods";
import type { BaseRange } from "@bitscape/quant";
import { columnScheme } from "../cells/sensitivity.ts";
import type { Ranges } from "../plan/plan.ts";
import type { Recipe } from "../recipe.ts";
import type { Study } from "../study.ts";
import type { CouplingReport, CouplingRequest } from "./calls.ts";
import { Losses } from "./loss.ts";
import { startRules } from "./starts.ts";
import { type Step, stepAt, stepsOf, times, withRanges } from "./steps.ts";

// A clip moved by a fifth: loss rises clear of rounding's own steps.
const DIFFERENCE = 0.2;

export interface CouplingJob {
  readonly study: Study;
  readonly ranges: Ranges | undefined;
  readonly request: CouplingRequest;
  /** Awaited before each batch; throws to cancel. */
  readonly between: (done: number, total: number) => Promise<void>;
  readonly onReport: (report: CouplingReport) => void;
}

/** The recipe whose clips are moved: everything at a width, in the recipe's own schemes where it has some. */
function recipeAt({ recipe, bits, targets }: CouplingRequest, steps: readonly Step[]): Recipe {
  if (!recipe) {
    const defaults = Object.fromEntries(targets.map((target) => [target, columnScheme(target, bits)]));
    return { schema: "bitscape/recipe/1", defaults };
  }
  const own = steps.map(({ of }) => stepAt(recipe, of, bits));
  return withRanges(
    recipe,
    own,
    own.map(({ scheme }) => scheme.range),
  );
}

export async function couplingMatrix(job: CouplingJob): Promise<CouplingReport> {
  const { study, ranges, request, between, onReport } = job;
  const { network } = study;
  const asked = request.recipe ? stepsOf(network, request.recipe, ranges) : [];
  const base = recipeAt(request, asked);
  const steps = stepsOf(network, base, ranges).filter(({ of }) => request.targets.includes(of.target));
  if (steps.length === 0) {
    throw new Error("recipe: no tensor whose clip can be moved, expected some that is quantized on a grid");
  }
  const losses = new Losses({ study, indices: study.samples(request.samples), ranges });
  const n = steps.length;
  const total = startRules.length + 1 + 2 * n + n * (n - 1);
  const run = (rules: Parameters<typeof withRanges>[2]) =>
    losses.of(withRanges(base, steps, rules), () => between(losses.evaluations, total));
  let best: { rule: BaseRange; loss: number } | undefined;
  for (const { rule } of startRules) {
    const loss = await run(steps.map(() => rule));
    if (!best || loss < best.loss) best = { rule, loss };
  }
  const { rule } = best as { rule: BaseRange };
  const hessian = new Float64Array(n * n).fill(Number.NaN);
  const report = (done: boolean): CouplingReport => ({
    bits: request.bits,
    of: steps.map(({ of }) => of),
    matrix: matrixOf(hessian, n),
    metric: losses.metric,
    n: losses.indices.length,
    done,
  });
  let since = performance.now();
  await hessianByPairs(
    (t) => run(Array.from(t, (each) => times(rule, Math.exp(each)))),
    new Float64Array(n),
    DIFFERENCE,
    (i, j, value) => {
      hessian[i * n + j] = value;
      hessian[j * n + i] = value;
      if (performance.now() - since < 200) return;
      since = performance.now();
      onReport(report(false));
    },
  );
  const whole = report(true);
  onReport(whole);
  return whole;
}

/** |H_ij| / √(H_ii H_jj), at most 1; NaN where not known or where a curvature is not positive. */
function matrixOf(hessian: Float64Array, n: number): Float64Array {
  return hessian.map((each, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    const [a, b] = [hessian[i * n + i] as number, hessian[j * n + j] as number];
    if (!(a > 0 && b > 0)) return Number.NaN;
    return i === j ? 1 : Math.abs(each) / Math.sqrt(a * b);
  });
}
