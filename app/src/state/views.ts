// Settings of panels that a study is kept with, though the recipe does not depend on them: each panel's own module says here
// how they are read and given back. Of a panel whose code is not loaded yet the kept settings wait for it.

import { create } from "zustand";

/** By the panel's name; whatever JSON has a form for. */
export type Views = Readonly<Record<string, unknown>>;

export interface View<T> {
  readonly read: () => T;
  /** Gives back what was read before a reload. Not called with anything else, but perhaps by an older version of the page. */
  readonly give: (kept: T) => void;
  /** Calls back after a change. Returns what ends it. */
  readonly watch: (changed: () => void) => () => void;
}

const shown = new Map<string, View<unknown>>();
let waiting: Views = {};
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** Has a panel's settings kept, under a name of its own. Returns what ends it; the last settings stay kept. */
export function keepView<T>(name: string, typed: View<T>): () => void {
  const view = typed as View<unknown>;
  shown.set(name, view);
  if (name in waiting) give(view, waiting[name]);
  const off = view.watch(tell);
  return () => {
    off();
    if (shown.get(name) !== view) return;
    waiting = { ...waiting, [name]: view.read() };
    shown.delete(name);
  };
}

/** The settings of all panels, those that were never opened since the study came back among them. */
export const viewsNow = (): Views => ({
  ...waiting,
  ...Object.fromEntries([...shown].map(([name, view]) => [name, view.read()])),
});

/** Gives panels the settings of another study. */
export function giveViews(views: Views): void {
  waiting = views;
  for (const [name, view] of shown) if (name in views) give(view, views[name]);
}

/** Calls back when a setting changes. Returns what ends it. */
export function watchViews(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

function give(view: View<unknown>, kept: unknown): void {
  try {
    view.give(kept);
  } catch {
    // Settings of another version of the page: the panel stays as it is.
  }
}

type Value = string | number | boolean;

const useValues = create<Readonly<Record<string, Value>>>()(() => ({}));

keepView("values", {
  read: useValues.getState,
  give: (kept) => useValues.setState(kept, true),
  watch: (changed) => useValues.subscribe(changed),
});

/** As useState, and kept with the study under a name of its own. A kept value of another type than the first one is none. */
export function useKept<T extends Value>(name: string, first: T): readonly [T, (value: T) => void] {
  const kept = useValues((values) => values[name]);
  const value = typeof kept === typeof first ? (kept as T) : first;
  return [value, (next) => useValues.setState({ [name]: next })];
}
