// --max-drop: the smallest file whose measured fall in accuracy stays within so many points. Ctrl-C keeps the best so far.

import { halvesOf, measureJoint, type Sized, type Study, smallestWithin } from "@bitscape/engine";
import { integer } from "../../flags.ts";
import { Usage } from "../../usage.ts";
import type { Job } from "../../verb.ts";
import type { Found } from "./found.ts";

/**
 * The smallest file within a drop, measured; Ctrl-C keeps the best so far.
 * @param styles prepared allocations by the name of their style
 */
export async function underDrop(
  styles: ReadonlyMap<string, Sized>,
  job: Job,
  study: Study | undefined,
  points: number,
): Promise<Found> {
  const { values, signal, progress } = job;
  if (!study?.dataset.labels)
    throw new Usage("--max-drop: data without labels, expected --data whose samples have some");
  const { seen, unseen } = halvesOf(study, integer(values, "samples", 1));
  const samples = [...seen, ...unseen];
  if (samples.length < 2) throw new Usage(`--max-drop: ${samples.length} samples, expected at least 2`);
  const evaluations = integer(values, "evaluations", 1) ?? 24;
  const between = async () => signal.throwIfAborted();
  const [first, ...others] = styles.values();
  let done = 0;
  const found = await smallestWithin(first as Sized, measureJoint(study, seen, between), {
    confirm: measureJoint(study, unseen, between),
    most: points / 100,
    evaluations,
    others,
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
  const { value, low, high, n } = json.drop;
  const elsewhere = best.confirmed ? " that the search did not see" : "";
  const fall = `top-1 falls by ${value.toFixed(2)} points (95 %: ${low.toFixed(2)} to ${high.toFixed(2)}) on ${n} samples${elsewhere}`;
  const notes = [
    best.measured === null ? `nothing that was tried keeps within ${points} points: the float network` : fall,
    ...(found.stopped ? [`stopped: the smallest so far, of ${trace.length} tried`] : []),
  ];
  return {
    allocation: best,
    after: found.prepared,
    json,
    notes,
    outcome: { ...(met === false && { met }), ...(found.stopped && { interrupted: true }) },
  };
}
