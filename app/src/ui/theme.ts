// Light or dark: the system's choice until the person makes one, remembered in this browser.

import { useSyncExternalStore } from "react";

const key = "bitscape.theme";
const system = window.matchMedia?.("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

const chosen = () => document.documentElement.dataset.theme;

const isDark = () => (chosen() ? chosen() === "dark" : (system?.matches ?? false));

/** Applies what was chosen before. */
export function restoreTheme(): void {
  try {
    const saved = localStorage.getItem(key);
    if (saved === "light" || saved === "dark") document.documentElement.dataset.theme = saved;
  } catch {
    // No storage: the system's choice holds.
  }
}

export function toggleTheme(): void {
  const next = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(key, next);
  } catch {
    // Not remembered, still applied.
  }
  for (const listener of listeners) listener();
}

export const useDark = () => useSyncExternalStore(subscribe, isDark);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  system?.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    system?.removeEventListener("change", listener);
  };
}
