// Budgets: what may be taken of each resource, as the program's budgets, and the sentence that says by how much one
// cannot be kept.

import { type Grouping, grouped, type Option, type Shortfall } from "@bitscape/methods";
import type { FallCurve } from "./fall.ts";
import { type Problem, type Resource, resources } from "./problem.ts";
import type { Sizes } from "./sizes.ts";

/** The most there may be of each. */
export interface Budgets {
  /** Of the file. */
  readonly bytes?: number;
  /** Mean over the elements of the allocated weights. */
  readonly bits?: number;
  /** Σ MACs · bits of weights · bits of inputs (HAWQ-V3), over the layers with allocated weights. */
  readonly bops?: number;
  /** Of one run end to end. */
  readonly seconds?: number;
  /** Sum of what layers lose alone. Where it is given, the smallest file is asked for instead of the least loss. */
  readonly loss?: number;
  /**
   * Fall of top-1 as a fraction, predicted from the loss; as for a loss, the smallest file is asked for. A loss by the time it is
   * solved (fall.ts).
   */
  readonly drop?: number;
}

type Limited = Resource | "loss";

/**
 * The same with a loss in the place of a fall.
 * @throws Infeasible where nothing is known of how top-1 falls
 */
export function withoutDrop({ drop, ...others }: Budgets, falls: FallCurve | undefined): Budgets {
  if (drop === undefined) return others;
  if (!falls)
    throw new Infeasible(
      "drop: nothing known of how top-1 falls, expected measured cells of samples with labels",
    );
  return { ...others, loss: Math.min(others.loss ?? Number.POSITIVE_INFINITY, falls.within(drop)) };
}

/** The program of a problem under the budgets that are given. */
export function budgeted(problem: Problem, { rest }: Sizes, budgets: Budgets): Grouping {
  const kept = limitedOf(budgets);
  const limit: Readonly<Record<Limited, (most: number) => number>> = {
    bytes: (most) => most - rest,
    bits: (most) => most * problem.elements,
    bops: (most) => most,
    seconds: (most) => most - besideOf(problem),
    loss: (most) => most,
  };
  const limits = kept.map((resource) => limit[resource](budgets[resource] as number));
  const laid = laidOut(problem, kept);
  return { ...laid, program: { ...laid.program, budgets: limits } };
}

// A slider asks for the same program again and again, with other budgets.
const known = new WeakMap<Problem, Map<string, Grouping>>();

/** The program with no budget that binds. */
function laidOut(problem: Problem, kept: readonly Limited[]): Grouping {
  const name = kept.join();
  const own = known.get(problem) ?? new Map<string, Grouping>();
  known.set(problem, own);
  const found = own.get(name) ?? group(problem, kept);
  own.set(name, found);
  return found;
}

function group(problem: Problem, kept: readonly Limited[]): Grouping {
  const cost = ({ costs, loss }: Option, name: Limited) =>
    name === "loss" ? loss : (costs[resources.indexOf(name)] as number);
  const items = problem.items.map((item) => ({
    ...item,
    options: item.options.map((option) => ({
      ...option,
      loss: kept.includes("loss") ? cost(option, "bytes") : option.loss,
      costs: kept.map((name) => cost(option, name)),
    })),
  }));
  const unlimited = kept.map(() => Number.MAX_VALUE);
  return grouped(items, problem.couplings, unlimited);
}

function besideOf({ secondsBeside }: Problem): number {
  if (secondsBeside === undefined)
    throw new Error("latency: no layer's time known, expected measured ones or a table");
  return secondsBeside;
}

/** Budgets that cannot be kept; the message says by how much. */
export class Infeasible extends Error {
  override readonly name = "Infeasible";
}

const words: Readonly<Record<Limited, { name: string; unit: string }>> = {
  bytes: { name: "size", unit: " bytes" },
  bits: { name: "average bits", unit: " bits" },
  bops: { name: "bit operations", unit: "" },
  seconds: { name: "latency", unit: " s" },
  loss: { name: "loss", unit: "" },
};

/** @param exactBytes the least size of the file, where that is known exactly */
export function infeasible(
  budgets: Budgets,
  shortfalls: readonly Shortfall[],
  problem: Problem,
  { rest }: Sizes,
  exactBytes?: number,
): Infeasible {
  const own: Readonly<Record<Limited, (value: number) => number>> = {
    bytes: (value) => Math.ceil(exactBytes ?? value + rest),
    bits: (value) => value / problem.elements,
    bops: (value) => value,
    seconds: (value) => value + besideOf(problem),
    loss: (value) => value,
  };
  const kept = limitedOf(budgets);
  const sentences = shortfalls.flatMap(({ resource, least, given }) => {
    const name = kept[resource];
    const found = name && budgets[name];
    if (!name || found === undefined) return [];
    const reached = own[name](least);
    const { name: word, unit } = words[name];
    const short = `${text(reached - found)}${unit} more, +${Number((100 * (reached / found - 1)).toPrecision(2))} %`;
    const others = given ? "with the other budgets kept" : "with every layer at its least";
    return [
      `${word}: ${text(found)}${unit}, expected at least ${text(reached)}${unit}, the least ${others} (${short})`,
    ];
  });
  return new Infeasible(
    sentences.join("; ") || "budgets: more than can be kept together, expected wider ones",
  );
}

function limitedOf(budgets: Budgets): Limited[] {
  return [...resources, "loss" as const].filter((name) => budgets[name] !== undefined);
}

function text(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.ceil(value)) : String(Number(value.toPrecision(4)));
}
