// The histogram of what the inspector shows: the last one stays, marked stale, until the next has come. One is asked for at a
// time, so that a drag is followed as fast as the engine answers.

import type { HistogramReport, Target } from "@bitscape/engine";
import { useEffect, useRef, useState } from "react";
import type { Scheme } from "../state/edits.ts";
import { histogram } from "../state/histograms.ts";
import { type Latest, latest } from "../state/latest.ts";
import { isLost, sentenceOf } from "../state/notices.ts";
import { useStore } from "../state/store.ts";

export interface Shown {
  readonly report: HistogramReport | null;
  readonly stale: boolean;
  readonly failure: string | null;
}

interface Found {
  readonly key: string;
  readonly report: HistogramReport | null;
  readonly failure: string | null;
}

const nothing: Found = { key: "", report: null, failure: null };

// A key held down moves through many rows: only the one it stops at is asked for.
const REST_MS = 60;

/**
 * @param channel to report by itself too
 * @param passing the scheme is one of many on the way: it is asked for at once, and not kept
 */
export function useHistogram(
  layer: string,
  target: Target,
  scheme: Scheme | undefined,
  channel: number | null = null,
  passing = false,
): Shown {
  const data = useStore((state) => state.data);
  // While a study is being brought back, the worker does not have it yet.
  const absent = useStore(({ opening, lost }) => opening !== null || (lost !== null && !lost.back));
  const key = JSON.stringify([layer, target, scheme ?? null, channel]);
  const [found, setFound] = useState<Found>(nothing);
  const asking = useRef<Latest<{ key: string; passing: boolean }> | null>(null);
  useEffect(() => {
    let current = true;
    asking.current = latest(async (wish: { key: string; passing: boolean }) => {
      const [id, of, with_, one] = JSON.parse(wish.key) as [string, Target, Scheme | null, number | null];
      try {
        const report = await histogram(id, of, with_ ?? undefined, one, wish.passing);
        if (current) setFound({ key: wish.key, report, failure: null });
      } catch (error) {
        if (current && !isLost(error)) setFound({ key: wish.key, report: null, failure: sentenceOf(error) });
      }
    });
    return () => {
      current = false;
      asking.current?.stop();
    };
  }, []);
  useEffect(() => {
    if (!data || absent) return;
    const timer = setTimeout(() => asking.current?.ask({ key, passing }), passing ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [key, data, absent, passing]);
  const sameTensor = found.key.startsWith(JSON.stringify([layer, target]).slice(0, -1));
  return {
    report: sameTensor ? found.report : null,
    stale: found.key !== key,
    failure: found.key === key ? found.failure : null,
  };
}
