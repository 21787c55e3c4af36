// Which panel of the dock is shown, and how much of the screen it takes. Of this browser, not of the study.

import { create } from "zustand";

const KEY = "bitscape.dock";

/** Shares of the window's height. */
export const LEAST = 0.2;
export const MOST = 0.8;

export interface DockState {
  /** Id of the panel that is shown; null where the dock is closed. */
  readonly shown: string | null;
  /** Share of the window's height that an open dock takes. */
  readonly share: number;
  /** It takes the whole of the work's room. */
  readonly whole: boolean;
}

export const useDock = create<DockState>()(() => ({ shown: null, share: remembered(), whole: false }));

export const showPanel = (id: string) => useDock.setState({ shown: id });

export const closeDock = () => useDock.setState({ shown: null, whole: false });

export const togglePanel = (id: string) => (useDock.getState().shown === id ? closeDock() : showPanel(id));

export const toggleWhole = () => useDock.setState(({ whole }) => ({ whole: !whole }));

export function setShare(share: number): void {
  const held = Math.min(MOST, Math.max(LEAST, share));
  useDock.setState({ share: held, whole: false });
  try {
    localStorage.setItem(KEY, held.toFixed(3));
  } catch {
    // Not remembered, still applied.
  }
}

function remembered(): number {
  try {
    const share = Number.parseFloat(localStorage.getItem(KEY) ?? "");
    if (share >= LEAST && share <= MOST) return share;
  } catch {
    // No storage.
  }
  return 0.5;
}
