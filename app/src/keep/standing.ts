// How keeping stands: whether the study on the screen is kept, and if not, why. What keeps it is autosave.ts.

import { create } from "zustand";

export type Standing =
  /** Nothing to keep yet, or not tried. */
  | { readonly kind: "none" }
  | { readonly kind: "kept"; readonly at: number }
  /** Model and data are not copied: only what was found out is kept. */
  | { readonly kind: "without files"; readonly at: number }
  | { readonly kind: "refused"; readonly full: boolean; readonly sentence: string };

export const useStanding = create<{ readonly standing: Standing }>()(() => ({ standing: { kind: "none" } }));

export const standing = () => useStanding.getState().standing;
export const setStanding = (now: Standing) => useStanding.setState({ standing: now });
