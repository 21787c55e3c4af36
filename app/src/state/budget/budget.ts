// Edits of what limits an allocation. Not solving (budget/solving.ts), not what rules mean for a layer (rules.ts).

import type { Goal } from "@bitscape/engine";
import { get, set } from "../store.ts";
import type { Limits } from "./limits.ts";

export function limit(change: Partial<Limits>): void {
  set({ limits: { ...get().limits, ...change } });
}

/** A budget; undefined takes it away. */
export function setMost(goal: Goal, value: number | undefined): void {
  const { [goal]: _, ...others } = get().limits.most;
  limit({ most: value === undefined ? others : { ...others, [goal]: value } });
}

/** Locks the layers, or unlocks them where all are locked. */
export function toggleLocks(ids: readonly string[]): void {
  const { locks } = get().limits;
  const all = ids.every((id) => locks.includes(id));
  limit({
    locks: all ? locks.filter((id) => !ids.includes(id)) : [...new Set([...locks, ...ids])],
  });
}

export const addRule = (rule: string) => limit({ rules: [...get().limits.rules, rule] });

export const dropRule = (at: number) => limit({ rules: get().limits.rules.filter((_, i) => i !== at) });
