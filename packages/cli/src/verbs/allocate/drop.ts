// --max-drop: the smallest file whose measured fall in accuracy stays within so many points. Ctrl-C keeps the best so far.

import { measureJoint, type Prepared, type Study, smallestWithin } from "@bitscape/engine";
import { integer } from "../../flags.ts";
import { Usage } from "../../usage.ts";
import type { Job } from "../../verb.ts";
import type { Found } from "./found.ts";

/** The smallest file within a drop, measured; Ctrl-C keeps the best so far. */
export async function underDrop(
  prepared: Prepared,
  job: Job,
  study: Study | undefined,
  points: number,
): Promise<Found> {
  const { values, signal, progress } = job;
  if (!study?.dataset.labels)
    throw new Usage("--max-drop: data without labels, expected --data whose samples have some");
  const samples = study.samples(integer(values, "samples", 1));
  if (samples.length < 2) throw new Usage(`--max-drop: ${samples.length} samples, expected at least 2`);
  const evaluations = integer(values, "evaluations", 1) ?? 24;
  // The search sees one half; the other confirms what it finds.
  const half = Math.ceil(samples.length / 2);
  const [seen, unseen] = [samples.slice(0, half), samples.slice(half)];
  const between = async () => signal.throwIfAborted();
  let done = 0;
  const found = await smallestWithin(prepared, measureJoint(study, seen, between), {
    confirm: measureJoint(study, unseen, between),
    most: points / 100,
    evaluations,
    signal,
    onTried: () => progress("measuring joint recipes", ++done, evaluations),
  });
  const { best, trace } = found;
  const dropJson = (drop: { value: number; low: number; high: number; n: number } | undefined) =>
    drop
      ? { value: 100 * drop.value, low: 100 * drop.low, high: 100 * drop.high, n: drop.n }
      : { value: 0, low: 0, high: 0, n: samples.length };
  const json = {
    budgets: { drop: points },
    drop: dropJson((best.confirmed ?? best.measured)?.drop),
    confirmed: best.measured === null || best.confirmed !== undefined,
    measured: (best.confirmed ?? best.measured)?.divergence ?? null,
    trace: trace.map(({ bytes, predicted, measured, within, confirmed }) => ({
      bytes,
      predicted,
      measured: measured && {
        value: measured.divergence.value,
        low: measured.divergence.low,
        high: measured.divergence.high,
      },
      drop: dropJson(measured?.drop),
      cut: measured?.cut ?? false,
      within,
      ...(confirmed && { confirmed: dropJson(confirmed.drop) }),
    })),
    complete: !found.stopped,
  };
  const met = best.measured === null ? false : undefined;
  return {
    allocation: best,
    after: found.prepared,
    json,
    outcome: { ...(met === false && { met }), ...(found.stopped && { interrupted: true }) },
  };
}
