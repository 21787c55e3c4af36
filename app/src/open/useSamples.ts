// A page of samples as the network sees them, asked anew when data, page or view change; what is asked for no longer is
// cancelled.

import type { LookRequest, SamplePage } from "@bitscape/engine";
import { useEffect, useState } from "react";
import { engine, jobName, sameStudy } from "../state/connection.ts";
import { isLost, sentenceOf } from "../state/notices.ts";
import { canAsk, useStore } from "../state/store.ts";

export interface Looked {
  /** Null until the first answer; that of an earlier request until this one's is there. */
  readonly page: SamplePage | null;
  readonly running: boolean;
  readonly failure: string | null;
}

export function useSamples(request: LookRequest): Looked {
  const data = useStore((state) => state.data);
  const ready = useStore((state) => state.opening === null && (state.lost === null || state.lost.back));
  const [looked, setLooked] = useState<Looked>({ page: null, running: false, failure: null });
  const { of, from, count, as, side } = request;
  useEffect(() => {
    if (!data || data.cannotRun !== undefined || !ready || !canAsk() || count === 0) return;
    const same = sameStudy();
    const job = jobName("look");
    let here = true;
    setLooked((before) => ({ ...before, running: true, failure: null }));
    let answered = false;
    const show = (page: SamplePage, running: boolean) => {
      // The page without answers may come after that with them.
      if (running && answered) return;
      answered ||= !running;
      if (here && same()) setLooked({ page, running, failure: null });
    };
    engine()
      .look(job, { of, from, count, as, side }, (page) => show(page, true))
      .then((page) => page !== "cancelled" && show(page, false))
      .catch((error: unknown) => {
        if (here && same() && !isLost(error)) {
          setLooked((before) => ({ ...before, running: false, failure: sentenceOf(error) }));
        }
      });
    return () => {
      here = false;
      engine()
        .cancel(job)
        .catch(() => {});
    };
  }, [data, ready, of, from, count, as, side]);
  return looked;
}
