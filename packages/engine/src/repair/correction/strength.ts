// How much of a correction is used: all of it, half or none, by what it does to the network's loss on calibration samples that it
// was not made from (cross-fitted: each quarter of the samples by the other three). A correction that helps there is used whole,
// one that may hurt by half, one that surely hurts by half where that helps, else not at all. Runs the probe.

import type { Plan } from "../../plan/plan.ts";
import type { Probe } from "../../probe/probe.ts";
import { pairedFinding, verdictOf } from "../../remedies/paired.ts";
import { evaluate } from "../../score/evaluate.ts";
import type { Reference } from "../../score/reference.ts";

// Parts of the samples; each is judged by a correction made from the others.
const PARTS = 4;
// A part of one sample says nothing.
const LEAST = 2 * PARTS;

export interface StrengthJob {
  readonly reference: Reference;
  readonly probe: Probe;
  /** Without corrected biases. */
  readonly plan: Plan;
  /** Calibration samples. */
  readonly indices: readonly number[];
  /** Biases by the samples at some places among the indices, at a strength. */
  readonly biases: (places: readonly number[], strength: number) => NonNullable<Plan["biases"]>;
  /** Awaited before each batch, with the samples run so far; throws to cancel. */
  readonly between: (done: number) => Promise<void>;
}

/** How often each sample is run at most, where half of a correction is not tried. */
export const RUNS = 2;

/** 0, ½ or 1; 1 where there are too few samples to tell. */
export async function strengthOf(job: StrengthJob): Promise<number> {
  if (job.indices.length < LEAST) return 1;
  const none = await lossesAt(job, 0, 0);
  const gain = async (strength: number, run: number) =>
    pairedFinding(none, await lossesAt(job, strength, run), "correction");
  const whole = await gain(1, 1);
  if (whole.value >= 0) return 1;
  // Not worse beyond what so few samples differ by: half of it has three quarters of what it gains, and half the risk.
  if (verdictOf(whole) !== "worse") return 0.5;
  return (await gain(0.5, 2)).value > 0 ? 0.5 : 0;
}

/** The divergence of each sample at biases made from the parts it is not in. */
async function lossesAt(
  { reference, probe, plan, indices, biases, between }: StrengthJob,
  strength: number,
  run: number,
): Promise<number[]> {
  const all = [...indices.keys()];
  const partOf = (place: number) => Math.floor((place * PARTS) / indices.length);
  const losses: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const own = all.filter((place) => partOf(place) === part);
    const others = all.filter((place) => partOf(place) !== part);
    const settings = probe.settings(strength === 0 ? plan : { ...plan, biases: biases(others, strength) });
    const samples = own.map((place) => indices[place] as number);
    const before = run * indices.length + losses.length;
    const tally = await evaluate(
      reference,
      probe,
      samples,
      (feeds) => probe.run(feeds, settings),
      ({ comparisons }) => between(before + comparisons.length),
    );
    losses.push(...tally.comparisons.map(({ divergence }) => divergence));
  }
  return losses;
}
