// What is typed for an output, and what is said of a suggested mapping.

import type { LabelReport, LabelSuggestion } from "@bitscape/engine";
import { formatAccuracyFinding, formatCount } from "../ui/numbers.ts";

/** An output's index or name as typed; "none" or nothing: not counted. Null where it is neither. */
export function readOutput(
  text: string,
  { classes, outputs }: Pick<LabelReport, "classes" | "outputs">,
): number | null {
  const typed = text.trim();
  if (typed === "" || typed === "none" || typed === "−1" || typed === "-1") return -1;
  if (/^\d+$/.test(typed)) return Number(typed) < classes ? Number(typed) : null;
  const wanted = typed.toLowerCase();
  const found = outputs?.findIndex((name) => name.toLowerCase() === wanted) ?? -1;
  return found >= 0 && found < classes ? found : null;
}

export const writeOutput = (output: number) => (output < 0 ? "none" : String(output));

/** Whether two mappings of the same labels say the same. */
export const sameMapping = (
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): boolean => Object.keys({ ...a, ...b }).every((label) => a[label] === b[label]);

export interface SuggestionWords {
  readonly title: string;
  readonly text: string;
  readonly button: string;
}

/** A suggestion in words; one from the network's own answers is never called accuracy. */
export function suggestionWords(
  { kind, shift = 0, agreement }: LabelSuggestion,
  now: LabelReport["now"],
): SuggestionWords {
  const then = `${formatAccuracyFinding(agreement)} (n=${formatCount(agreement.n)})`;
  const before = now ? `, now ${formatAccuracyFinding(now)}` : "";
  if (kind === "names") {
    return {
      title: "Labels and outputs have the same names",
      text: `Matched by name, the float network agrees with ${then}${before}.`,
      button: "Match by name",
    };
  }
  if (kind === "shift") {
    return {
      title: `Labels look shifted by ${Math.abs(shift)}`,
      text: `With ${shift < 0 ? `${-shift} subtracted from` : `${shift} added to`} every label the float network agrees with ${then}${before}.`,
      button: shift < 0 ? `Subtract ${-shift}` : `Add ${shift}`,
    };
  }
  return {
    title: "Labels look permuted",
    text: `If each label meant the network’s most frequent answer to it, it would agree with ${then}${before}. Such labels are made from the network’s own answers: agreeing with them is no accuracy, and every figure would be marked so.`,
    button: "Use its answers as labels",
  };
}
