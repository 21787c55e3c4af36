// Parts of the page whose code is loaded when they are first shown, or when somebody comes near (preload). Where it cannot be had,
// because the page is older than what the server has or the network is gone, this is said with a way out, and the page goes on.

import { type FunctionComponent, type LazyExoticComponent, lazy } from "react";
import { notify } from "../state/notices.ts";

export type Late<Props> = LazyExoticComponent<FunctionComponent<Props>> & {
  /** Begins to load it. */
  readonly preload: () => void;
};

/** A part of the page from what its module exports; it is to stand in a Suspense. */
export function late<Props extends object>(load: () => Promise<FunctionComponent<Props>>): Late<Props> {
  const component = lazy(async () => ({ default: await load().catch(absent) }));
  return Object.assign(component, { preload: () => void load().catch(() => {}) });
}

/** Says that code could not be had. What stands in its place is nothing. */
export function absent(error: unknown): () => null {
  notify("error", sentenceFor(error), "reload");
  return () => null;
}

/** Whether an error says that code could not be had. Browsers have a sentence each: Chromium, Firefox, Safari. */
export const isAbsent = (error: Error) =>
  /dynamically imported module|Importing a module script failed|Unable to preload/i.test(error.message);

const sentenceFor = (error: unknown) =>
  error instanceof Error && isAbsent(error)
    ? "A part of the studio could not be loaded: the page may be older than what its server has by now; reload it, your study is kept."
    : `A part of the studio could not be loaded: ${error instanceof Error ? error.message : String(error)}.`;
