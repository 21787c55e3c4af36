// A gesture on the ends of a range: while it lasts, the scheme is on trial; let go, it is one edit and one step of undo, the keys of
// one visit together; Escape takes it back.

import type { HistogramReport, LayerSummary, Target } from "@bitscape/engine";
import { useEffect, useRef, useState } from "react";
import { type End, type Ends, type Held, keyMove, movedEnds, movedScheme } from "../state/clips.ts";
import { type Scheme, sameScheme } from "../state/edits.ts";
import { chooseScheme, endGesture, undo } from "../state/study.ts";
import { consider } from "../state/trial.ts";

interface Asked {
  readonly ids: readonly string[];
  readonly layer: LayerSummary;
  readonly target: Target;
  /** In the recipe. */
  readonly scheme: Scheme | undefined;
  readonly report: HistogramReport | null;
  /** Its ends can be given in units: one range, of one tensor, of one layer. */
  readonly one: boolean;
}

interface Gesture {
  readonly held: Held;
  readonly end: End;
  readonly to: number;
}

export interface Clips {
  /** Where the handles are. */
  readonly ends: Ends;
  readonly moving: boolean;
  move(end: End, to: number): void;
  release(byKey: boolean): void;
  settle(): void;
  giveUp(): void;
  whole(): void;
  keyMove(key: string, shift: boolean): number | null;
}

export function useClips({ ids, layer, target, scheme, report, one }: Asked): Clips | null {
  const [gesture, setGesture] = useState<Gesture | null>(null);
  // What a release would choose: pointer events come faster than pictures.
  const chosen = useRef<Scheme | null>(null);
  // Whether this visit's keys have edited the recipe.
  const edited = useRef(false);
  const last = useRef<Scheme | undefined>(undefined);
  const name = `clip ${layer.id} ${target}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tensor ends whatever was under way
  useEffect(() => {
    setGesture(null);
    chosen.current = null;
    edited.current = false;
  }, [name]);
  // Let go, a handle stays where it is until the report of the new scheme has come.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each report ends the wait for one
  useEffect(() => {
    if (!chosen.current && !edited.current) setGesture(null);
  }, [report]);
  // Undo, or an edit from elsewhere, ends a visit.
  useEffect(() => {
    if (sameScheme(scheme, last.current)) return;
    edited.current = false;
    if (!chosen.current) setGesture(null);
  }, [scheme]);
  if (!scheme || !report || report.sqnrDb === null) return null;
  const ends: Ends = gesture ? movedEnds(gesture.held, gesture.end, gesture.to) : report;
  const finish = () => {
    setGesture(null);
    chosen.current = null;
  };
  const commit = (next: Scheme, byKey: boolean) => {
    last.current = next;
    chooseScheme(ids, target, next, name);
    if (byKey) edited.current = true;
    else endGesture();
  };
  return {
    ends,
    moving: gesture !== null,
    move(end, to) {
      const held = gesture?.end === end ? gesture.held : { low: report.low, high: report.high, scheme, one };
      const next = movedScheme(held, end, to);
      chosen.current = next;
      setGesture({ held, end, to });
      consider({ layer: layer.id, target, scheme: next, by: "clip" });
    },
    release(byKey) {
      const next = chosen.current;
      if (!next) return;
      chosen.current = null;
      commit(next, byKey);
    },
    settle() {
      edited.current = false;
      endGesture();
      finish();
    },
    giveUp() {
      if (chosen.current) consider(null);
      else if (edited.current) {
        edited.current = false;
        undo();
      }
      finish();
    },
    whole() {
      finish();
      consider(null);
      commit({ ...scheme, range: "minmax" }, true);
    },
    keyMove: (key, shift) => keyMove(key, shift, report.max - report.min),
  };
}
