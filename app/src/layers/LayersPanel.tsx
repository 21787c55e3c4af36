// The left panel: filter, legend, heatmap, progress.

import { Suspense, useDeferredValue, useEffect, useRef, useState } from "react";
import { DataMark } from "../open/DataMark.tsx";
import { sortAnew } from "../state/rows/grouping.ts";
import { useStore } from "../state/store.ts";
import { setFilter } from "../state/study.ts";
import { late } from "../ui/late.ts";
import { Heatmap } from "./Heatmap.tsx";
import { Legend } from "./Legend.tsx";
import { NoLayers } from "./NoLayers.tsx";
import { RowsMenu } from "./RowsMenu.tsx";
import { SaveHeatmap } from "./SaveHeatmap.tsx";
import { SweepProgress } from "./SweepProgress.tsx";
import "./panel.css";

const LayersTable = late(async () => (await import("./LayersTable.tsx")).LayersTable);

export function LayersPanel() {
  const filter = useStore((state) => state.filter);
  const open = useStore((state) => state.model !== null);
  // The first drawing is the longest: deferred, it comes in slices that let a click through.
  const drawn = useDeferredValue(open, false) && open;
  const field = useRef<HTMLInputElement>(null);
  const [table, setTable] = useState<boolean | null>(null);
  // Another phase: what was found in the last one is whole, and may come into the order.
  const phase = useStore((state) => state.sweep?.phase);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each phase's beginning is the moment
  useEffect(sortAnew, [phase]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if ((event.target as HTMLElement).matches("input, textarea, [contenteditable]")) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <section className="panel layers" aria-label="Sensitivity">
      {drawn ? (
        <>
          <div className="layers-head">
            <Legend />
            <DataMark />
            <div className="layers-tools">
              <RowsMenu onTable={() => setTable(true)} />
              <SaveHeatmap />
              <input
                ref={field}
                className="field layers-filter"
                type="search"
                placeholder="Filter /"
                aria-label="Filter layers by name or operator"
                value={filter}
                onChange={(event) => setFilter(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key === "Escape") setFilter("");
                }}
              />
            </div>
          </div>
          <Heatmap />
          <footer className="layers-foot">
            <SweepProgress />
          </footer>
        </>
      ) : (
        <NoLayers />
      )}
      {table !== null && (
        <Suspense>
          <LayersTable open={table} onOpenChange={setTable} />
        </Suspense>
      )}
    </section>
  );
}
