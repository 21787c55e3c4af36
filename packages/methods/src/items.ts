// Items and coupling: what is to be allocated (a layer's weights, or its activations), and which items must agree. Coupled
// items become one group of the program before anything is solved. A pure plan.

import { type Alternative, type Program, programOf } from "./program.ts";
import type { Ruled } from "./rules.ts";

/** One way to store an item. */
export interface Option extends Alternative {
  /** Names it within the item, such as "4" or "float". */
  readonly key: string;
  readonly bits: number;
  /** What couplings compare, by trait; `key` itself where a coupling names no trait. */
  readonly traits?: Readonly<Record<string, string>>;
}

export interface Item extends Ruled {
  readonly options: readonly Option[];
}

/** Items whose options must have the same key (or the same value of a trait). */
export interface Coupling {
  /** Indices into the items. */
  readonly items: readonly number[];
  readonly trait?: string;
}

/** A choice of a group: an option for each of its items. */
interface Joint extends Alternative {
  /** Index of the option of each of the group's items. */
  readonly options: readonly number[];
}

export interface Grouping {
  readonly program: Program;
  /** Items of each group, in the order of `joints[…].options`. */
  readonly groups: readonly (readonly number[])[];
  /** What each choice of the program stands for. */
  readonly joints: readonly Joint[];
}

// A group of so many alternatives is more than coupled options are worth.
const MOST = 100_000;

/**
 * Lays items out as a program, one group for every set of coupled items.
 * @throws one sentence where coupled items have no option in common
 */
export function grouped(
  items: readonly Item[],
  couplings: readonly Coupling[],
  budgets: readonly number[],
): Grouping {
  const groups = components(items.length, couplings);
  const all = groups.map((group) => joined(items, group, couplings));
  return { program: programOf(all, budgets), groups, joints: all.flat() };
}

/** The option of every item that a program's picks stand for, as indices into the items' options. */
export function optionsOf({ groups, joints }: Grouping, picks: Int32Array, count: number): number[] {
  const options = new Array<number>(count).fill(0);
  for (const [g, group] of groups.entries()) {
    const joint = joints[picks[g] as number] as Joint;
    for (const [k, item] of group.entries()) options[item] = joint.options[k] as number;
  }
  return options;
}

/** Sets of items that couplings connect, directly or through others; each in order, and by its first item. */
function components(count: number, couplings: readonly Coupling[]): number[][] {
  const parent = Array.from({ length: count }, (_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] as number;
    return at;
  };
  for (const { items } of couplings) {
    for (const item of items) {
      const [a, b] = [root(items[0] as number), root(item)];
      parent[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const found = new Map<number, number[]>();
  for (let i = 0; i < count; i++) {
    const own = found.get(root(i));
    if (own) own.push(i);
    else found.set(root(i), [i]);
  }
  return [...found.values()];
}

function joined(items: readonly Item[], group: readonly number[], couplings: readonly Coupling[]): Joint[] {
  const own = couplings.filter((coupling) => coupling.items.some((item) => group.includes(item)));
  const chosen = (joint: Joint, k: number) =>
    items[group[k] as number]?.options[joint.options[k] as number] as Option;
  let joints: Joint[] = [{ loss: 0, costs: [], options: [] }];
  for (const [k, at] of group.entries()) {
    const bound = own.flatMap(({ items: members, trait }) => {
      const earlier = group.slice(0, k).findIndex((other) => members.includes(other));
      return members.includes(at) && earlier >= 0 ? [{ earlier, trait }] : [];
    });
    const next: Joint[] = [];
    for (const joint of joints) {
      for (const [o, option] of (items[at] as Item).options.entries()) {
        if (
          bound.every(
            ({ earlier, trait }) => traitOf(option, trait) === traitOf(chosen(joint, earlier), trait),
          )
        )
          next.push(added(joint, option, o));
      }
    }
    if (next.length === 0) {
      const names = group.slice(0, k + 1).map((each) => items[each]?.id);
      throw new Error(`coupling: ${names.join(", ")} have no option in common, expected at least one`);
    }
    if (next.length > MOST)
      throw new Error(
        `coupling: ${next.length} ways to combine ${group.length} layers, expected at most ${MOST}`,
      );
    // What later items will look at: combinations that show them the same are alike but for cost and loss.
    const later = new Set(group.slice(k + 1));
    const open = own.flatMap(({ items: members, trait }) => {
      const seen = group.slice(0, k + 1).findIndex((each) => members.includes(each));
      return seen >= 0 && members.some((each) => later.has(each)) ? [{ seen, trait }] : [];
    });
    joints = pruned(next, (joint) =>
      open.map(({ seen, trait }) => traitOf(chosen(joint, seen), trait)).join("\n"),
    );
  }
  return joints;
}

function traitOf(option: Option, trait: string | undefined): string | undefined {
  return trait === undefined ? option.key : option.traits?.[trait];
}

function added(joint: Joint, option: Option, index: number): Joint {
  return {
    loss: joint.loss + option.loss,
    costs: option.costs.map((cost, r) => (joint.costs[r] ?? 0) + cost),
    options: [...joint.options, index],
  };
}

// Below so many combinations none is left out: an item by itself keeps all its options.
const PRUNED = 64;

/** Of many combinations that look the same, those that no other beats in loss and every cost. */
function pruned(joints: Joint[], look: (joint: Joint) => string): Joint[] {
  if (joints.length < PRUNED) return joints;
  const alike = new Map<string, Joint[]>();
  for (const joint of joints.toSorted((a, b) => a.loss - b.loss)) {
    const name = look(joint);
    const kept = alike.get(name) ?? [];
    alike.set(name, kept);
    // Losses rise: one that was kept beats this if it takes no more of anything.
    if (!kept.some(({ costs }) => costs.every((cost, r) => cost <= (joint.costs[r] as number))))
      kept.push(joint);
  }
  return [...alike.values()].flat();
}
