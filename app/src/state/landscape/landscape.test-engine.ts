// The landscape's calls of the fake engine: a bowl whose loss is known in closed form. Never shipped.

import type {
  LandscapeCalls,
  LandscapeRequest,
  OptimizeReport,
  OptimizeRequest,
  Slice,
  StepSlice,
  StepSliceRequest,
} from "@bitscape/engine";

/** Least at (0.5, 0.25): 0.1. */
export const bowl = (a: number, b: number) => 0.1 + (a - 0.5) ** 2 + 2 * (b - 0.25) ** 2;

export interface LandscapeLog {
  readonly slices: LandscapeRequest[];
  readonly losses: (readonly [number, number])[];
  readonly optimized: OptimizeRequest[];
  readonly finished: string[];
  readonly cancelled: ReadonlySet<string>;
  /** Where the recipe has the clips. */
  clips: readonly number[];
  /** Slices stand still until cancelled, the optimiser until finished or cancelled. */
  hang: boolean;
  fail: string | null;
}

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

/** A grid of 5 × 5 over 0.2 … 1, every second row and column first. */
export function fakeLandscape(log: LandscapeLog): LandscapeCalls {
  return {
    async landscape(job, request, onSlice) {
      log.slices.push(request);
      await tick();
      if (log.fail) throw new Error(log.fail);
      if (request.kind !== "step") throw new Error("weight slices: not here");
      onSlice(stepSlice(request, 2));
      for (let i = 0; i < 3 || log.hang; i++) {
        await tick();
        if (log.cancelled.has(job)) return "cancelled";
      }
      return stepSlice(request, 1) as Slice;
    },
    async stepLoss(job, _, at) {
      await tick();
      if (log.cancelled.has(job)) return "cancelled";
      log.losses.push(at);
      return bowl(...at);
    },
    coupling: () => Promise.reject(new Error("coupling: not here")),
    async optimize(job, request, onStep) {
      log.optimized.push(request);
      const start = request.from?.[0] ?? 1;
      const of = request.of ?? [];
      for (let i = 1; i <= 3; i++) {
        const clips = Float64Array.of(start * 0.9 ** i, 0.5);
        onStep({ evaluation: i, loss: 1 / i, best: 1 / i, clips, phase: "search" });
        await tick();
      }
      while (log.hang && !log.finished.includes(job) && !log.cancelled.has(job)) await tick();
      if (log.cancelled.has(job)) return "cancelled";
      const stopped = log.finished.includes(job);
      const report: OptimizeReport = {
        of,
        before: Float64Array.of(start, 0.5),
        after: Float64Array.of(start * 0.9 ** 3, 0.5),
        loss: { metric: "kl", n: 8, before: start, after: start / 3 },
        heldOut: { n: 16, before: start, after: start / 2 },
        starts: [{ name: "minmax", loss: start }],
        evaluations: 3,
        sweeps: [1 / 3],
        seconds: 0.1,
        recipe: { ...request.recipe, seed: 7 },
        stopped,
      };
      return report;
    },
    async finish(job) {
      log.finished.push(job);
    },
    async clips() {
      await tick();
      return Float64Array.from(log.clips);
    },
  };
}

function stepSlice(request: StepSliceRequest, step: number): StepSlice {
  const values = Float64Array.of(0.2, 0.4, 0.6, 0.8, 1);
  const loss = Float64Array.from({ length: 25 }, (_, k) => {
    const [i, j] = [Math.floor(k / 5), k % 5];
    return i % step || j % step ? Number.NaN : bowl(values[i] as number, values[j] as number);
  });
  const [a, b] = request.of;
  const axis = { format: "int4", values, full: { low: -1, high: 1 } };
  return {
    kind: "step",
    axes: [
      { ...axis, of: a },
      { ...axis, of: b },
    ],
    metric: "kl",
    n: request.samples,
    data: "real",
    loss,
    points: [],
    interaction: null,
    coupling: null,
    curvature: null,
    done: step === 1,
  };
}
