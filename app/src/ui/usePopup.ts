// A button whose popup is not loaded yet: it loads it as soon as somebody comes near, and opens it when it is pressed. Until then
// it says of itself what the loaded one would.

import { type KeyboardEvent, useState } from "react";
import { flushSync } from "react-dom";
import { breath } from "../state/breath.ts";
import { absent } from "./late.ts";

type Popups = typeof import("./popups.tsx");

let loaded: Popups | null = null;

async function load(): Promise<Popups> {
  const popups = await import("./popups.tsx");
  // What is drawn with it is drawn in a task of its own.
  await breath();
  loaded = popups;
  return popups;
}

/** Begins to load them: somebody may soon want one. */
export const preloadPopups = () => void (loaded ?? load().catch(() => {}));

/** Keys that open one; a click is what Enter and Space are. */
const openers = new Set(["ArrowDown", "ArrowUp"]);

/** @param kind what it is to those who do not see it */
export function usePopup(kind: "menu" | "dialog" | "listbox") {
  const [opened, setOpened] = useState<{ readonly popups: Popups; readonly byKey: boolean } | null>(null);
  const open = (byKey: boolean) => {
    const show = (popups: Popups) => setOpened({ popups, byKey });
    // Not with whatever else the page is about to draw: somebody waits for it.
    if (loaded) show(loaded);
    else load().then((popups) => flushSync(() => show(popups)), absent);
  };
  const props = {
    "aria-haspopup": kind,
    "aria-expanded": false,
    "data-state": "closed",
    onPointerEnter: preloadPopups,
    onFocus: preloadPopups,
    // Pressing Enter or Space is a click without a pointer's place.
    onClick: (event: { readonly detail: number }) => open(event.detail === 0),
    onKeyDown: (event: KeyboardEvent) => {
      if (kind === "dialog" || !openers.has(event.key)) return;
      event.preventDefault();
      open(true);
    },
  } as const;
  return { opened, props };
}
