// The left panel: filter, legend, heatmap, progress.

import { useEffect, useRef } from "react";
import { useStore } from "../state/store.ts";
import { setFilter } from "../state/study.ts";
import { Heatmap } from "./Heatmap.tsx";
import { Legend } from "./Legend.tsx";
import { SweepProgress } from "./SweepProgress.tsx";

export function LayersPanel() {
  const filter = useStore((state) => state.filter);
  const model = useStore((state) => state.model);
  const opening = useStore((state) => state.opening);
  const field = useRef<HTMLInputElement>(null);
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
      <div className="layers-head">
        <Legend />
        <input
          ref={field}
          className="field layers-filter"
          type="search"
          placeholder="Filter layers  /"
          aria-label="Filter layers by name or operator"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setFilter("");
          }}
        />
      </div>
      {model || !opening ? <Heatmap /> : <p className="heat-none">Reading the model…</p>}
      <footer className="layers-foot">
        <SweepProgress />
      </footer>
    </section>
  );
}
