// What was decided last, written at once when the page is left: storage that answers later may not answer in time.

import type { Recipe, Target } from "@bitscape/engine";
import type { Limits } from "../state/budgetLimits.ts";
import type { KeptStudy } from "./documents.ts";

const key = "bitscape.lastWord";

interface LastWord {
  readonly id: string;
  readonly at: number;
  readonly recipe: Recipe;
  readonly past: readonly Recipe[];
  readonly selected: string | null;
  readonly target: Target;
  readonly limits?: Limits;
}

// A few steps of undo are enough, and local storage is small.
const steps = 10;

/** Writes it, at once. Where there is no room, what is kept already has to do. */
export function leaveWord(id: string, state: Omit<LastWord, "id" | "at">): void {
  const { recipe, past, selected, target, limits } = state;
  const decided = { recipe, past: past.slice(-steps), selected, target };
  const word: LastWord = { id, at: Date.now(), ...decided, ...(limits && { limits }) };
  try {
    localStorage.setItem(key, JSON.stringify(word));
  } catch {
    localStorage.removeItem(key);
  }
}

/** A kept study with what was decided after it was kept. */
export function withLastWord(kept: KeptStudy, written = localStorage.getItem(key)): KeptStudy {
  if (written === null) return kept;
  const { id, at, recipe, past, selected, target, limits } = JSON.parse(written) as LastWord;
  if (id !== kept.id || at <= kept.updated) return kept;
  return { ...kept, recipe, past, future: [], selected, target, ...(limits && { limits }) };
}
