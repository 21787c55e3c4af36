// What is said of a recipe at which somebody looks on the chart of the front.

import { formatTitle } from "../layers/formats.ts";
import type { Looked } from "../state/budget/along.ts";

// More columns than these say nothing in one line.
const SHOWN = 4;

/** "3.92 bits on average: 4 bits ×7, 3 bits ×4, float". */
export function lookedWords({ bits, uses }: Pick<Looked, "bits" | "uses">): string {
  const parts = uses
    .slice(0, SHOWN)
    .map(([column, layers]) => `${formatTitle(column)}${layers > 1 ? ` ×${layers}` : ""}`);
  if (uses.length > SHOWN) parts.push("…");
  const list = parts.join(", ");
  return bits === null ? list : `${bits.toFixed(2)} bits on average: ${list}`;
}
