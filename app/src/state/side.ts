// How the right side is divided between the inspector and the budget. Of this browser, not of the study.

import { create } from "zustand";
import { rememberedShare, rememberShare } from "./shareOf.ts";

/** Shares of the side's height that the inspector takes. */
export const limits = { key: "bitscape.side", least: 0.2, most: 0.85, usual: 0.6 } as const;

export const useSide = create<{ readonly share: number }>()(() => ({
  share: rememberedShare(limits) ?? limits.usual,
}));

export const setSide = (share: number): void => useSide.setState({ share: rememberShare(limits, share) });
