// What was decided last, written at once when the page is left: storage that answers later may not answer in time.

import type { Recipe, Target } from "@bitscape/engine";
import type { Limits } from "../state/budget/limits.ts";
import type { Views } from "../state/views.ts";
import { faultOf } from "./form.ts";
import type { KeptStudy } from "./kept.ts";

const key = "bitscape.lastWord";

interface LastWord {
  readonly id: string;
  readonly at: number;
  readonly recipe: Recipe;
  readonly past: readonly Recipe[];
  readonly selected: string | null;
  readonly target: Target;
  readonly limits?: Limits;
  readonly filter?: string;
  readonly views?: Views;
}

// A few steps of undo are enough, and local storage is small.
const steps = 10;

/** Writes it, at once. Where there is no room, what is kept already has to do. */
export function leaveWord(id: string, state: Omit<LastWord, "id" | "at">): void {
  const { past, ...decided } = state;
  const word: LastWord = { id, at: Date.now(), ...decided, past: past.slice(-steps) };
  try {
    localStorage.setItem(key, JSON.stringify(word));
  } catch {
    localStorage.removeItem(key);
  }
}

/** A kept study with what was decided after it was kept. */
export function withLastWord(kept: KeptStudy, written = localStorage.getItem(key)): KeptStudy {
  if (written === null) return kept;
  let word: LastWord;
  try {
    word = JSON.parse(written);
  } catch {
    return kept;
  }
  const { id, at, ...decided } = word;
  if (id !== kept.id || at <= kept.updated) return kept;
  const found = { ...kept, ...decided, future: [] };
  // Storage may hold what somebody changed.
  return faultOf(found) === null ? found : kept;
}
