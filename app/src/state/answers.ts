// Answers of the engine about what is looked at, the last few kept for going back and forth; other data, and they are void.

import { get } from "./store.ts";

export interface Answers<T> {
  /** The answer known by a name, or asked for. One that failed is asked for again. */
  of(key: string, ask: () => Promise<T>): Promise<T>;
}

export function answers<T>(kept: number): Answers<T> {
  const known = new Map<string, Promise<T>>();
  let about: unknown = null;
  return {
    of(key, ask) {
      const { data } = get();
      if (about !== data) {
        about = data;
        known.clear();
      }
      const before = known.get(key);
      if (before) return before;
      const answer = ask();
      known.set(key, answer);
      answer.catch(() => known.get(key) === answer && known.delete(key));
      if (known.size > kept) known.delete(known.keys().next().value as string);
      return answer;
    },
  };
}
