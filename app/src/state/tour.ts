// The tour of the screen: offered once in a browser, and found again in the guide.

import { create } from "zustand";

const KEY = "bitscape.tour";

export interface TourState {
  /** It has not been taken or declined in this browser. */
  readonly offered: boolean;
  /** The step that is shown; null where none is. */
  readonly step: number | null;
}

export const useTour = create<TourState>()(() => ({ offered: !remembered(), step: null }));

export const startTour = () => useTour.setState({ step: 0 });

export const goTo = (step: number) => useTour.setState({ step });

/** Ends or declines the tour. */
export function endTour(): void {
  useTour.setState({ offered: false, step: null });
  try {
    localStorage.setItem(KEY, "seen");
  } catch {
    // Offered again on the next visit.
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}
