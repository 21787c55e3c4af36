// Which panel of the dock is shown, and how much of the screen it takes. Of this browser, not of the study.

import { create } from "zustand";
import { forgetShare, rememberedShare, rememberShare } from "./shareOf.ts";

/** Shares of the window's height. */
export const LEAST = 0.2;
export const MOST = 0.8;
export const USUAL = 0.5;

const limits = { key: "bitscape.dock", least: LEAST, most: MOST };

export interface DockState {
  /** Id of the panel that is shown; null where the dock is closed. */
  readonly shown: string | null;
  /** Share of the window's height that an open dock takes. */
  readonly share: number;
  /** Somebody has moved its edge: until then it is as high as the work above leaves it. */
  readonly moved: boolean;
  /** It takes the whole of the work's room. */
  readonly whole: boolean;
}

const kept = rememberedShare(limits);

export const useDock = create<DockState>()(() => ({
  shown: null,
  share: kept ?? USUAL,
  moved: kept !== null,
  whole: false,
}));

export const showPanel = (id: string) => useDock.setState({ shown: id });

export const closeDock = () => useDock.setState({ shown: null, whole: false });

export const togglePanel = (id: string) => (useDock.getState().shown === id ? closeDock() : showPanel(id));

export const toggleWhole = () => useDock.setState(({ whole }) => ({ whole: !whole }));

export function setShare(share: number): void {
  useDock.setState({ share: rememberShare(limits, share), moved: true, whole: false });
}

/** As high as the work above leaves it again. */
export function resetShare(): void {
  forgetShare(limits);
  useDock.setState({ share: USUAL, moved: false, whole: false });
}
