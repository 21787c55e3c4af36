// Budgets with data at hand: candidates are measured together, uniform recipes among them, and what loses least on samples is
// the answer. Ctrl-C keeps the best so far.

import {
  allocateBits,
  type Budgets,
  type Cause,
  halvesOf,
  measureLoss,
  type Recipe,
  rivalsOf,
  SEARCH_SAMPLES,
  type Sized,
  type Study,
  searchLeast,
  type Weighed,
} from "@bitscape/engine";
import type { IntegerSolver } from "@bitscape/methods";
import { integer } from "../../flags.ts";
import type { Job } from "../../verb.ts";
import type { Found } from "./found.ts";
import { causesOf, causesText, isOutside, lossJson } from "./own.ts";

const EVALUATIONS = 20;

/**
 * @param styles prepared allocations by the name of their style; the first is the report's own
 * @throws Infeasible where no style keeps the budgets
 */
export async function underSearch(
  styles: ReadonlyMap<string, Sized>,
  budgets: Budgets,
  job: Job,
  study: Study,
  solver: IntegerSolver,
): Promise<Found> {
  const { values, signal, progress } = job;
  const between = async () => signal.throwIfAborted();
  const { seen, unseen } = halvesOf(study, integer(values, "samples", 1) ?? SEARCH_SAMPLES);
  const evaluations = integer(values, "evaluations", 1) ?? EVALUATIONS;
  const named = [...styles].map(([name, table]) => ({ name, table }));
  const rivals = [];
  for (const { name, table } of named) rivals.push(...(await rivalsOf(table, budgets, name)));
  const measure = measureLoss(study, seen, between);
  let done = 0;
  const found = await searchLeast(named, measure, {
    ...{ budgets, evaluations, signal, rivals, solver },
    ...(unseen.length > 1 && { confirm: measureLoss(study, unseen, between) }),
    onTried: () => progress("measuring joint recipes", Math.min(++done, evaluations), evaluations),
  });
  const { best, trace, table } = found;
  if (!best) {
    // Nothing was measured: what is expected to lose least, or the sentence by how much the budgets cannot be kept.
    const allocation = await allocateBits(table, budgets, solver);
    const json = { budgets, measured: null, interactions: [], trace, complete: !found.stopped };
    return { allocation, after: table, json, outcome: found.stopped ? { interrupted: true } : {} };
  }
  const { allocation, measured, confirmed } = best;
  const loss = measured.divergence.value;
  const off = isOutside(allocation.predicted, measured);
  const again = async (recipe: Recipe) => (await measure(recipe)).divergence.value;
  const interactions =
    off && !signal.aborted
      ? await causesOf(table, allocation.recipe, loss, allocation.predicted.value, again)
      : [];
  const json = {
    budgets,
    style: best.name,
    measured: lossJson(confirmed ?? measured),
    confirmed: confirmed !== undefined,
    outside: off,
    interactions,
    trace: trace.map((each) => ({
      name: each.name,
      bytes: each.allocation.bytes,
      predicted: each.allocation.predicted,
      measured: lossJson(each.measured),
      cut: each.measured.cut,
      ...(each.confirmed && { confirmed: lossJson(each.confirmed) }),
    })),
    complete: !found.stopped,
  };
  const notes = [
    ...notesOf(best, off, interactions),
    ...(found.stopped ? [`stopped: what lost least so far, of ${trace.length} tried`] : []),
  ];
  const outcome = found.stopped ? { interrupted: true } : {};
  return { allocation, after: table, tables: found.tables, json, notes, outcome };
}

function notesOf(
  { name, allocation: { predicted }, measured, confirmed }: Weighed,
  off: boolean,
  interactions: readonly Cause[],
): string[] {
  const { value, n } = (confirmed ?? measured).divergence;
  const said = off
    ? `, predicted ${predicted.low.toExponential(2)} to ${predicted.high.toExponential(2)}`
    : "";
  return [
    `stored as: ${name}; measured on ${n} samples${confirmed ? " that the search did not see" : ""}: ${value.toExponential(2)}${said}`,
    ...(interactions.length > 0 ? [`these layers interact: ${causesText(interactions)}`] : []),
  ];
}
