// Evaluation: runs a recipe, or a file, over samples and reports running scores with their intervals.

import type { Score } from "../cells/calls.ts";
import type { Probe, Run } from "../probe/probe.ts";
import { divergenceFinding, type Finding, meanFinding, proportionFinding } from "./finding.ts";
import type { Comparison, Reference } from "./reference.ts";

/** Sums of comparisons so far. */
export class Tally {
  readonly comparisons: Comparison[] = [];

  add(more: readonly Comparison[]): void {
    this.comparisons.push(...more);
  }

  sum(field: Exclude<keyof Comparison, "divergence" | "softened">): number {
    return this.comparisons.reduce((sum, each) => sum + each[field], 0);
  }

  divergence(of: string): Finding {
    return divergenceFinding(
      this.comparisons.map((each) => each.divergence),
      of,
    );
  }

  /** Top-1 over labelled positions, or null without labels. */
  top1(of: string): Finding | null {
    const labelled = this.sum("labelled");
    return labelled > 0 ? proportionFinding(this.sum("correct"), labelled, of) : null;
  }

  /** Mean fall of top-1 against the float network on the same samples (paired). */
  drop(of: string): Finding | null {
    const labelled = this.comparisons.filter((each) => each.labelled > 0);
    if (labelled.length === 0) return null;
    return meanFinding(
      labelled.map((each) => (each.floatCorrect - each.correct) / each.labelled),
      of,
    );
  }

  agreement(): number | null {
    const positions = this.sum("positions");
    return positions > 0 ? this.sum("agreeing") / positions : null;
  }
}

/** The score that a tally stands for. */
export function scoreOf(tally: Tally, reference: Reference, of: string, done: boolean): Score {
  return {
    metric: reference.metric,
    divergence: tally.divergence(of),
    top1: tally.top1(of),
    data: reference.dataset.kind,
    done,
  };
}

/**
 * Runs samples through `run` and compares them with the float network, batch by batch.
 * @param run undefined for the float network itself
 * @param between awaited before each batch; throws to cancel
 * @param temperature at which distributions are compared, too
 */
export async function evaluate(
  reference: Reference,
  probe: Probe,
  indices: readonly number[],
  run: Run | undefined,
  between: (tally: Tally) => Promise<void>,
  temperature?: number,
): Promise<Tally> {
  const tally = new Tally();
  for (const batch of reference.batches(indices)) {
    await between(tally);
    tally.add(await (run ? reference.compare(batch, probe, run, temperature) : reference.own(batch, probe)));
  }
  return tally;
}
