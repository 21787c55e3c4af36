// Sentences for the person: errors verbatim from the engine, and short remarks.

import { get, type Notice, set } from "./store.ts";

let last = 0;

export function notify(kind: Notice["kind"], text: string, way?: Notice["way"]): void {
  const others = get().notices.filter((notice) => notice.text !== text);
  set({ notices: [...others.slice(-2), { id: ++last, kind, text, ...(way && { way }) }] });
}

export function dismiss(id: number): void {
  set({ notices: get().notices.filter((notice) => notice.id !== id) });
}

/** Takes a sentence back that does not hold any more. */
export function retract(text: string): void {
  set({ notices: get().notices.filter((notice) => notice.text !== text) });
}

/** Something was opened after all: earlier complaints are of no use any more. */
export function clearErrors(): void {
  set({ notices: get().notices.filter(({ kind }) => kind !== "error") });
}

/** Shows why something failed, unless it is the worker's death, which has its own banner. */
export function report(error: unknown): void {
  if (isLost(error)) return;
  notify("error", sentenceOf(error));
}

export const isLost = (error: unknown) => error instanceof Error && error.name === "WorkerLost";

export const sentenceOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
