// Studies that somebody deleted in the list: they stay in it, to be taken back, and leave the browser's storage when the list is
// closed or the page is left. Where the page ends before that they are still there: nothing is lost by it.

import { useCallback, useEffect, useRef, useState } from "react";
import { report } from "../state/notices.ts";
import { deleteStudies } from "./autosave.ts";

export interface Leaving {
  readonly ids: ReadonlySet<string>;
  readonly leave: (ids: readonly string[]) => void;
  readonly stay: (ids: readonly string[]) => void;
  /** Deletes them now: room is needed. */
  readonly flush: () => Promise<void>;
}

/** @param shown they go when it becomes false */
export function useLeaving(shown: boolean): Leaving {
  const [ids, setIds] = useState<ReadonlySet<string>>(() => new Set());
  const now = useRef(ids);
  const change = useCallback((next: ReadonlySet<string>) => {
    now.current = next;
    setIds(next);
  }, []);
  const flush = useCallback(async () => {
    const going = [...now.current];
    if (going.length === 0) return;
    change(new Set());
    await deleteStudies(going).catch(report);
  }, [change]);
  useEffect(() => {
    if (!shown) return;
    const onLeave = () => void flush();
    window.addEventListener("pagehide", onLeave);
    return () => {
      window.removeEventListener("pagehide", onLeave);
      onLeave();
    };
  }, [shown, flush]);
  const leave = (more: readonly string[]) => change(new Set([...now.current, ...more]));
  const stay = (some: readonly string[]) =>
    change(new Set([...now.current].filter((id) => !some.includes(id))));
  return { ids, leave, stay, flush };
}
