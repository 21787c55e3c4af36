// Columns that can be added to the heatmap: widths that it does not begin with, and one of each other format. Formats with other
// numbers come as columns when a layer gets them in the inspector.

import type { Column, Target } from "@bitscape/engine";
import { formatFacts } from "@bitscape/engine";
import { formatChoices, integerId } from "../inspector/formatChoices.ts";
import { columnBits } from "../state/edits.ts";
import { formatTitle } from "./formats.ts";

export interface ColumnChoice {
  readonly column: Column;
  readonly title: string;
  /** "4 bits": what a value takes in the file. */
  readonly note: string;
}

const widths: Readonly<Record<Target, readonly number[]>> = {
  weight: [1, 2, 3, 4, 5, 6, 7, 8, 16],
  activation: [2, 3, 4, 5, 6, 7, 8, 16],
};

export function columnChoices(target: Target): ColumnChoice[] {
  const integers = widths[target].filter((bits) => !columnBits[target].includes(bits));
  const others = formatChoices(target).filter(({ id }) => id !== integerId);
  return [
    ...integers.map((bits) => ({ column: bits, title: formatTitle(bits), note: "integers" })),
    ...others.map(({ first }) => ({ column: first, title: formatTitle(first), note: noteOf(first) })),
  ];
}

function noteOf(format: string): string {
  const { bits } = formatFacts(format);
  const text = Number(bits.toFixed(2));
  return `${text} ${text === 1 ? "bit" : "bits"} a value`;
}
