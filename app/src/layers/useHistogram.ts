// The histogram of what the inspector shows: the last one stays, marked stale, until the next has come.

import type { HistogramReport, Target } from "@bitscape/engine";
import { useEffect, useState } from "react";
import type { Scheme } from "../state/edits.ts";
import { histogram } from "../state/histograms.ts";
import { isLost, sentenceOf } from "../state/notices.ts";
import { useStore } from "../state/store.ts";

export interface Shown {
  readonly report: HistogramReport | null;
  readonly stale: boolean;
  readonly failure: string | null;
}

export function useHistogram(layer: string, target: Target, scheme: Scheme | undefined): Shown {
  const data = useStore((state) => state.data);
  // While a study is being brought back, the worker does not have it yet.
  const absent = useStore(({ opening, lost }) => opening !== null || (lost !== null && !lost.back));
  const key = JSON.stringify([layer, target, scheme]);
  const [found, setFound] = useState<{ key: string; report: HistogramReport | null; failure: string | null }>(
    {
      key: "",
      report: null,
      failure: null,
    },
  );
  useEffect(() => {
    if (!data || absent) return;
    let current = true;
    const [id, of, with_] = JSON.parse(key) as [string, Target, Scheme | undefined];
    // A key held down moves through many rows: only the one it stops at is asked for.
    const timer = setTimeout(() => {
      histogram(id, of, with_ ?? undefined).then(
        (report) => current && setFound({ key, report, failure: null }),
        (error) => current && !isLost(error) && setFound({ key, report: null, failure: sentenceOf(error) }),
      );
    }, 60);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key, data, absent]);
  const sameTensor = found.key.startsWith(JSON.stringify([layer, target]).slice(0, -1));
  return {
    report: sameTensor ? found.report : null,
    stale: found.key !== key,
    failure: found.key === key ? found.failure : null,
  };
}
