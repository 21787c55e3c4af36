// Whether labels look shifted, permuted or misnamed, from how the float network answers. Pure. An answer-made mapping says
// nothing about how right the network is: it is only offered with its agreement on samples that it was not made from.

import type { LabelSuggestion } from "../data/calls.ts";
import { type Finding, proportionFinding } from "../score/finding.ts";

/** Answers to the samples of one label, in the samples' order. */
export interface AnsweredLabel {
  readonly label: string;
  /** Its number in the data, and the output that it is compared with now; −1: none. */
  readonly index: number;
  readonly output: number;
  readonly answers: readonly number[];
}

/** Shifts looked at, either way. */
const FARTHEST = 2;
/** How much more agreement it takes to say something: points, and clear of the present interval. */
const GAIN = 0.15;
const FEWEST = 24;

/** The share of answers that are the label's output; null where nothing is compared. */
export function agreementNow(labels: readonly AnsweredLabel[]): Finding | null {
  const compared = labels.filter(({ output }) => output >= 0);
  return agreement(compared, (label) => label.output);
}

/**
 * Mappings under which the network would agree with clearly more labels, the least daring first.
 * @param outputs names of the network's outputs
 * @param classes how many outputs there are
 */
export function suggestions(
  labels: readonly AnsweredLabel[],
  classes: number,
  outputs: readonly string[] | null,
): LabelSuggestion[] {
  const now = agreementNow(labels);
  const found: LabelSuggestion[] = [];
  const byName = outputs ? namedAlike(labels, outputs) : null;
  if (byName && labels.some(({ label, output }) => byName[label] !== output)) {
    const counted = agreement(
      labels.filter(({ label }) => (byName[label] as number) >= 0),
      ({ label }) => byName[label] as number,
    );
    if (counted) found.push({ kind: "names", to: byName, agreement: counted });
  }
  const made = fromAnswers(labels);
  const shifted = bestShift(labels, classes);
  // A few labels of any permutation are shifted alike: it must explain nearly all that the answers do.
  const explains = shifted && shifted.agreement.value > (made?.agreement.value ?? 0) - 0.1;
  if (explains && clearlyMore(shifted.agreement, now)) found.push(shifted);
  // A network that nearly always answers the same agrees with labels that all mean it.
  const bar = Math.max(now?.high ?? 0, commonest(labels) + GAIN, ...found.map((each) => each.agreement.high));
  if (made && clearlyMore(made.agreement, now) && made.agreement.low > bar) found.push(made);
  return found;
}

/** The share of the answer that is given most often. */
function commonest(labels: readonly AnsweredLabel[]): number {
  const answers = labels.flatMap((label) => label.answers);
  return (tallied(answers)[0]?.count ?? 0) / Math.max(1, answers.length);
}

const clearlyMore = (then: Finding, now: Finding | null) =>
  then.n >= FEWEST && then.value >= (now?.value ?? 0) + GAIN && then.low > (now?.high ?? 0);

/** Labels by outputs of the same name; those without one are not counted. Null where fewer than half have one. */
function namedAlike(
  labels: readonly AnsweredLabel[],
  outputs: readonly string[],
): Record<string, number> | null {
  const places = new Map<string, number>();
  for (const [at, name] of outputs.entries()) {
    // "tench, Tinca tinca" answers to either.
    for (const word of [name, ...name.split(",")])
      if (plain(word) !== "" && !places.has(plain(word))) places.set(plain(word), at);
  }
  const to = Object.fromEntries(labels.map(({ label }) => [label, places.get(plain(label)) ?? -1]));
  const matched = Object.values(to).filter((output) => output >= 0).length;
  return matched * 2 >= labels.length && matched > 0 ? to : null;
}

const plain = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, " ")
    .trim();

function bestShift(labels: readonly AnsweredLabel[], classes: number): LabelSuggestion | null {
  let best: LabelSuggestion | null = null;
  for (let shift = -FARTHEST; shift <= FARTHEST; shift++) {
    if (shift === 0) continue;
    const to: Record<string, number> = {};
    for (const { label, index } of labels) {
      const output = index + shift;
      to[label] = output >= 0 && output < classes ? output : -1;
    }
    // Every label has a place, but perhaps one that is none of the network's: "background".
    if (Object.values(to).filter((output) => output < 0).length > 1) continue;
    const counted = agreement(
      labels.filter(({ label }) => (to[label] as number) >= 0),
      ({ label }) => to[label] as number,
    );
    if (counted && (!best || counted.value > best.agreement.value)) {
      best = { kind: "shift", shift, to, agreement: counted };
    }
  }
  return best;
}

/** Each label's most frequent answer. What it is worth is counted on the half of the samples that it was not made from. */
function fromAnswers(labels: readonly AnsweredLabel[]): LabelSuggestion | null {
  const to: Record<string, number> = {};
  let agreeing = 0;
  let n = 0;
  for (const { label, answers } of labels) {
    to[label] = mostFrequent(answers) ?? -1;
    const halves = [answers.filter((_, i) => i % 2 === 0), answers.filter((_, i) => i % 2 === 1)] as const;
    for (const [half, other] of [halves, [halves[1], halves[0]] as const]) {
      const guess = mostFrequent(other);
      agreeing += half.filter((answer) => answer === guess).length;
      n += half.length;
    }
  }
  return n === 0 ? null : { kind: "answers", to, agreement: proportionFinding(agreeing, n, "float") };
}

function mostFrequent(answers: readonly number[]): number | undefined {
  return tallied(answers)[0]?.class;
}

/** Answers by how often, the most frequent first. */
export function tallied(answers: readonly number[]): { readonly class: number; readonly count: number }[] {
  const counts = new Map<number, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return [...counts]
    .map(([each, count]) => ({ class: each, count }))
    .sort((a, b) => b.count - a.count || a.class - b.class);
}

function agreement(
  labels: readonly AnsweredLabel[],
  outputFor: (label: AnsweredLabel) => number,
): Finding | null {
  let agreeing = 0;
  let n = 0;
  for (const label of labels) {
    const output = outputFor(label);
    agreeing += label.answers.filter((answer) => answer === output).length;
    n += label.answers.length;
  }
  return n === 0 ? null : proportionFinding(agreeing, n, "float");
}
