// Budgets: what may be taken of each resource, as the program's budgets, and the sentence that says by how much one
// cannot be kept.

import { type Grouping, grouped, type Shortfall } from "@bitscape/methods";
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
}

/** The program of a problem under the budgets that are given. */
export function budgeted(problem: Problem, { rest }: Sizes, budgets: Budgets): Grouping {
  const kept = keptOf(budgets);
  const at = kept.map((resource) => resources.indexOf(resource));
  const items = problem.items.map((item) => ({
    ...item,
    options: item.options.map((option) => ({ ...option, costs: at.map((r) => option.costs[r] as number) })),
  }));
  const limit: Readonly<Record<Resource, (most: number) => number>> = {
    bytes: (most) => most - rest,
    bits: (most) => most * problem.elements,
    bops: (most) => most,
  };
  const limits = kept.map((resource) => limit[resource](budgets[resource] as number));
  return grouped(items, problem.couplings, limits);
}

/** Budgets that cannot be kept; the message says by how much. */
export class Infeasible extends Error {
  override readonly name = "Infeasible";
}

const words: Readonly<Record<Resource, { name: string; unit: string }>> = {
  bytes: { name: "size", unit: " bytes" },
  bits: { name: "average bits", unit: " bits" },
  bops: { name: "bit operations", unit: "" },
};

/** @param exactBytes the least size of the file, where that is known exactly */
export function infeasible(
  budgets: Budgets,
  shortfalls: readonly Shortfall[],
  problem: Problem,
  { rest }: Sizes,
  exactBytes?: number,
): Infeasible {
  const own: Readonly<Record<Resource, (value: number) => number>> = {
    bytes: (value) => Math.ceil(exactBytes ?? value + rest),
    bits: (value) => value / problem.elements,
    bops: (value) => value,
  };
  const kept = keptOf(budgets);
  const sentences = shortfalls.flatMap(({ resource, least, given }) => {
    const name = kept[resource];
    const found = name && budgets[name];
    if (!name || found === undefined) return [];
    const reached = own[name](least);
    const { name: word, unit } = words[name];
    const short = `${text(reached - found)}${unit} more, +${(100 * (reached / found - 1)).toPrecision(2)} %`;
    const others = given ? "with the other budgets kept" : "with every layer at its least";
    return [
      `${word}: ${text(found)}${unit}, expected at least ${text(reached)}${unit}, the least ${others} (${short})`,
    ];
  });
  return new Infeasible(
    sentences.join("; ") || "budgets: more than can be kept together, expected wider ones",
  );
}

function keptOf(budgets: Budgets): Resource[] {
  return resources.filter((resource) => budgets[resource] !== undefined);
}

function text(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.ceil(value)) : String(Number(value.toPrecision(4)));
}
