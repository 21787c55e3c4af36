// A scene's layout: asked for when the scene or the shape of its room changes, the latest wins.

import { useEffect, useState } from "react";
import type { Scene } from "../state/graphScene.ts";
import { sentenceOf } from "../state/notices.ts";
import { layOut } from "./elk.ts";
import type { Layout } from "./layout.ts";

export interface LaidOut {
  /** The last one there was, with the scene that it is of. */
  readonly done: { readonly scene: Scene; readonly layout: Layout; readonly seconds: number } | null;
  readonly failure: string | null;
  readonly again: () => void;
}

/** @param aspect width of the room by its height; 0 while it is not known */
export function useLayout(scene: Scene | null, aspect: number): LaidOut {
  const [done, setDone] = useState<LaidOut["done"]>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  // A room that is a little wider does not move everything about.
  const rough = aspect === 0 ? 0 : 2 ** Math.round(Math.log2(aspect));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is asked for by counting
  useEffect(() => {
    if (!scene || rough === 0) return;
    const wanted = new AbortController();
    const { signal } = wanted;
    const begun = performance.now();
    setFailure(null);
    layOut(scene, rough, signal).then(
      (layout) => {
        if (!signal.aborted) setDone({ scene, layout, seconds: (performance.now() - begun) / 1000 });
      },
      (error) => {
        if (!signal.aborted) setFailure(sentenceOf(error));
      },
    );
    return () => wanted.abort();
  }, [scene, rough, tries]);
  return { done: scene ? done : null, failure, again: () => setTries(tries + 1) };
}
