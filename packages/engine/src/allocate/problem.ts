// The program of a network: an item for each tensor that is allocated (or for each layer, where bits of weights and inputs
// multiply), and what must agree coupled. A pure plan from what can be chosen.

import type { Coupling, Item, Option } from "@bitscape/methods";
import { secondsBeside, secondsOf, type Times } from "../latency/times.ts";
import type { Target } from "../recipe.ts";
import { activationBits, type TensorChoice, type TensorOption } from "./options.ts";
import type { Kept } from "./sizes.ts";

/** What is budgeted, in the order of the program's costs: file bytes, Σ weight bits, Σ MACs · b_w · b_a, seconds of a run. */
export const resources = ["bytes", "bits", "bops", "seconds"] as const;
export type Resource = (typeof resources)[number];

/** What one option of an item says of each of its tensors. */
export type Decision = Partial<Record<Target, TensorOption>>;

export interface Problem {
  readonly items: readonly Item[];
  /** For each item, for each of its options. */
  readonly decisions: readonly (readonly Decision[])[];
  readonly couplings: readonly Coupling[];
  /** Elements of the weights that are allocated. */
  readonly elements: number;
  /** Seconds of a run that no choice changes; undefined where no times are known. */
  readonly secondsBeside: number | undefined;
}

export interface ProblemOptions {
  readonly kept?: Kept;
  /** Layers whose weights must share a column. */
  readonly coupled?: readonly (readonly string[])[];
  /** Bit operations or time are budgeted: a layer's weights and activations are one item. */
  readonly multiplied: boolean;
  /** Without them, nothing takes time. */
  readonly times?: Times;
}

export function problemOf(
  choices: readonly TensorChoice[],
  { kept = {}, coupled = [], multiplied, times }: ProblemOptions,
): Problem {
  const made = itemsOf(choices, kept, multiplied, times);
  const of = (target: Target, layers: readonly string[]) =>
    made.flatMap(({ item, targets }, i) => (targets.has(target) && layers.includes(item.id) ? [i] : []));
  const couplings = [
    ...coupled.map((layers) => ({ items: of("weight", layers), trait: "weight" })),
    ...sharing(choices).map((layers) => ({ items: of("activation", layers), trait: "activation" })),
  ].filter(({ items }) => items.length > 1);
  return {
    items: made.map(({ item }) => item),
    decisions: made.map(({ decisions }) => decisions),
    couplings,
    elements: choices.reduce((sum, choice) => sum + choice.elements, 0),
    secondsBeside: times && secondsBeside(times, new Set(choices.map(({ id }) => id))),
  };
}

interface Made {
  readonly item: Item;
  readonly decisions: readonly Decision[];
  readonly targets: ReadonlySet<Target>;
}

function itemsOf(
  choices: readonly TensorChoice[],
  kept: Kept,
  multiplied: boolean,
  times: Times | undefined,
): Made[] {
  const byLayer = new Map<string, TensorChoice[]>();
  for (const choice of choices) {
    const name = multiplied ? choice.id : `${choice.target} ${choice.id}`;
    byLayer.set(name, [...(byLayer.get(name) ?? []), choice]);
  }
  return [...byLayer.values()].map((own): Made => {
    const [first] = own as [TensorChoice];
    const decisions = own.reduce<Decision[]>(
      (all, choice) =>
        all.flatMap((decision) => choice.options.map((option) => ({ ...decision, [choice.target]: option }))),
      [{}],
    );
    const elements = own.reduce((sum, choice) => sum + choice.elements, 0);
    const still = activationBits(first.id, kept);
    const options = decisions.map((decision): Option => {
      const parts = Object.entries(decision);
      const { weight, activation } = decision;
      const bops = weight ? (first.macs ?? 0) * weight.bits * (activation?.bits ?? still) : 0;
      return {
        key: parts.map(([, option]) => option.key).join("/"),
        bits: (weight ?? activation)?.bits ?? 32,
        loss: parts.reduce((sum, [, option]) => sum + option.value, 0),
        costs: [
          weight?.bytes ?? 0,
          elements * (weight?.bits ?? 0),
          bops,
          times ? secondsOf(times, first.id, weight?.key, activation?.key) : 0,
        ],
        traits: Object.fromEntries(parts.map(([target, option]) => [target, option.key])),
      };
    });
    const { id, op, target } = first;
    return { item: { id, op, target, options }, decisions, targets: new Set(own.map((each) => each.target)) };
  });
}

/** Sets of layers that decide one activation together. */
function sharing(choices: readonly TensorChoice[]): string[][] {
  const deciders = choices
    .filter(({ target }) => target === "activation")
    .flatMap((choice) => choice.deciders);
  const distinct = new Map(
    deciders.filter(({ length }) => length > 1).map((each) => [each.join("\n"), each]),
  );
  return [...distinct.values()].map((each) => [...each]);
}
