// The data's labels beside what the float network answers to them, asked anew with other data.

import type { LabelReport } from "@bitscape/engine";
import { useEffect, useState } from "react";
import { engine, jobName, sameStudy } from "../state/connection.ts";
import { isLost, sentenceOf } from "../state/notices.ts";
import { canAsk, useStore } from "../state/store.ts";

export type Labels =
  | { readonly phase: "asking" }
  | { readonly phase: "none" }
  | { readonly phase: "failed"; readonly sentence: string }
  | { readonly phase: "there"; readonly report: LabelReport };

export function useLabels(): Labels {
  const data = useStore((state) => state.data);
  const ready = useStore((state) => state.opening === null && (state.lost === null || state.lost.back));
  // The float network's run over the data brings what is asked for: two at once would do it twice.
  const judged = useStore((state) => state.float?.done === true);
  const [labels, setLabels] = useState<Labels>({ phase: "asking" });
  useEffect(() => {
    if (!data || data.cannotRun !== undefined || !ready || !judged || !canAsk()) return;
    const same = sameStudy();
    const job = jobName("labels");
    let here = true;
    setLabels((before) => (before.phase === "there" ? before : { phase: "asking" }));
    engine()
      .labels(job)
      .then((report) => {
        if (!here || !same() || report === "cancelled") return;
        setLabels(report ? { phase: "there", report } : { phase: "none" });
      })
      .catch((error: unknown) => {
        if (here && same() && !isLost(error)) setLabels({ phase: "failed", sentence: sentenceOf(error) });
      });
    return () => {
      here = false;
      engine()
        .cancel(job)
        .catch(() => {});
    };
  }, [data, ready, judged]);
  return labels;
}
