// Which cell's tip is shown: that of the cell under the pointer, or of the one that the keyboard went to. Not while rows move
// under a pointer that rests: measuring where a tip goes would lay out the page at every frame.

import { type FocusEvent, type PointerEvent, useEffect, useState } from "react";
import type { Place } from "./useGridKeys.ts";
import { placeOf } from "./usePainting.ts";

interface Shown extends Place {
  readonly by: "pointer" | "keyboard";
}

/** @param scrolled how far the rows are scrolled */
export function useTip(scrolled: number) {
  const [tip, setTip] = useState<Shown | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolling is the moment
  useEffect(() => setTip((before) => (before?.by === "pointer" ? null : before)), [scrolled]);
  // A cell that is drawn anew under a resting pointer takes its "leave" with it: what the pointer is over next says it.
  const pointed = tip?.by === "pointer";
  useEffect(() => {
    if (!pointed) return;
    const onOver = ({ target }: Event) => {
      if (!(target instanceof Element && placeOf(target))) setTip(null);
    };
    document.addEventListener("pointerover", onOver);
    return () => document.removeEventListener("pointerover", onOver);
  }, [pointed]);
  const show = (place: Place | null, by: Shown["by"]) =>
    setTip((before) => {
      if (!place) return null;
      const same = before?.row === place.row && before.column === place.column && before.by === by;
      return same ? before : { ...place, by };
    });
  return {
    tip,
    showTip: (place: Place) => show(place, "keyboard"),
    handlers: {
      onFocus: ({ target }: FocusEvent) =>
        show(target.matches(":focus-visible") ? placeOf(target) : null, "keyboard"),
      onBlur: () => show(null, "keyboard"),
      // Of its own movement only: no "over" for what comes under it.
      onPointerMove: (event: PointerEvent) => show(placeOf(event.target), "pointer"),
      onPointerLeave: () => show(null, "pointer"),
    },
  };
}
