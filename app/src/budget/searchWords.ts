// What is said of a search that measures: what it is for, where it stands, what came of it.

import type { Budgets, TriedRecipe } from "@bitscape/engine";
import type { Search } from "../state/budget/store.ts";
import { formatBytes, formatCount, formatDivergence } from "../ui/numbers.ts";
import { goals, pointsText } from "./goals.ts";

/** Before it is begun. */
export function purposeWords({ drop, ...others }: Budgets): string {
  if (drop !== undefined)
    return `Measures recipes for the smallest file within ${pointsText(drop)} of top-1.`;
  const under = Object.entries(others).flatMap(([goal, value]) =>
    value === undefined ? [] : (goals[goal as keyof Budgets]?.text(value) ?? []),
  );
  return `Measures recipes for less loss in ${under.join(" and ") || "the present size"}.`;
}

export function searchWords({ kind, tried, first, best, running, end }: Search): string {
  const head = `${tried} measured`;
  const tail = running ? "…" : end ? `; ${end}.` : ".";
  if (!best) return `${head}, none within the fall yet${tail}`;
  const found = kind === "drop" ? smallest(best) : least(best, first);
  return `${head}: ${found}${tail}`;
}

const smallest = (best: TriedRecipe) => {
  const { drop } = best.confirmed ?? best;
  const fell = drop ? `, top-1 ${signed(-drop.value)} on ${formatCount(drop.n)} samples` : "";
  return `${formatBytes(best.bytes)}${fell}${best.confirmed ? " it had not seen" : ""}`;
};

const least = (best: TriedRecipe, first: TriedRecipe | null) => {
  const { divergence } = best.confirmed ?? best;
  const before = first && first !== best ? ` (${formatDivergence(first.divergence.value)} at first)` : "";
  const value = formatDivergence(best.divergence.value);
  if (!best.confirmed) return `loss ${value}${before}`;
  return `loss ${value}${before}, ${formatDivergence(divergence.value)} on ${formatCount(divergence.n)} samples it had not seen`;
};

const signed = (value: number) => `${value < 0 ? "−" : "+"}${pointsText(Math.abs(value))}`;
