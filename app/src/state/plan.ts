// The plan: asked × known → sweeps still to run, in order. Pure; session.ts runs them.

import type { LayerSummary, SweepRequest, Target } from "@bitscape/engine";
import { has, targets } from "./edits.ts";
import { type Cells, cellKey, isFailed } from "./known.ts";

export interface Asked {
  readonly layers: readonly LayerSummary[];
  /** Widths in the order to measure them. */
  readonly bits: Readonly<Record<Target, readonly number[]>>;
  /** Samples a cell: a first impression, then finer. */
  readonly passes: readonly number[];
  /** Evaluation samples there are; no pass asks for more. */
  readonly available: number;
  /** What the columns have besides their width. */
  readonly schemes: NonNullable<SweepRequest["schemes"]>;
  /** Rows to measure first. */
  readonly first: readonly string[];
  readonly paused: boolean;
}

export interface Job {
  readonly request: SweepRequest;
  /** Cells it measures. */
  readonly cells: number;
}

// A first impression of every cell should be there in about this many seconds, even of a network that takes its time.
const impression = 20;
const most = 16;

/** Samples of the first pass: as many as give a first impression soon, at least two. */
export function firstPass(cells: number, secondsPerSample: number | null): number {
  if (secondsPerSample === null) return most;
  const affordable = Math.floor(impression / (Math.max(1, cells) * secondsPerSample));
  return Math.max(2, Math.min(most, affordable));
}

/** Which cells a sweep of all columns touches: each layer that has weights or activations, once per width. */
export function askedCells({ layers, bits }: Pick<Asked, "layers" | "bits">): string[] {
  return targets.flatMap((target) =>
    layers.flatMap((layer) =>
      has(layer, target) ? bits[target].map((width) => cellKey(layer.id, target, width)) : [],
    ),
  );
}

/** Sweeps still to run, coarse before fine; each leaves out what is known well enough or cannot be measured. */
export function plan(asked: Asked, known: Cells): Job[] {
  if (asked.paused || asked.available < 1) return [];
  const passes = [...new Set(asked.passes.map((samples) => Math.min(samples, asked.available)))];
  passes.sort((a, b) => a - b);
  const wanted = askedCells(asked);
  const done = new Map(wanted.map((key) => [key, samplesOf(key, known)]));
  return passes.flatMap((samples) => {
    const skip = wanted.filter((key) => (done.get(key) ?? 0) >= samples);
    const cells = wanted.length - skip.length;
    if (cells === 0) return [];
    for (const key of wanted) done.set(key, Math.max(samples, done.get(key) ?? 0));
    return [{ cells, request: request(asked, samples, skip) }];
  });
}

/** Work in cell-samples: what time left is reckoned by. */
export const work = (jobs: readonly Job[]) =>
  jobs.reduce((sum, { cells, request: { samples } }) => sum + cells * samples, 0);

function samplesOf(key: string, known: Cells): number {
  const at = known.get(key);
  if (!at) return 0;
  return isFailed(at.cell) ? Number.POSITIVE_INFINITY : at.asked;
}

// One request has the same widths for both targets, so a width that only one of them asks for is skipped for the other.
function request(asked: Asked, samples: number, skip: readonly string[]): SweepRequest {
  const used = targets.filter(
    (target) => asked.bits[target].length > 0 && asked.layers.some((layer) => has(layer, target)),
  );
  const bits = [...new Set(used.flatMap((target) => asked.bits[target]))];
  const unasked = used.flatMap((target) =>
    asked.layers.flatMap((layer) =>
      bits
        .filter((width) => has(layer, target) && !asked.bits[target].includes(width))
        .map((width) => cellKey(layer.id, target, width)),
    ),
  );
  return {
    bits,
    targets: used,
    samples,
    skip: [...skip, ...unasked],
    first: asked.first,
    schemes: asked.schemes,
  };
}
