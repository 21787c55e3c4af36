// The whole screen: bar, sources, heatmap, inspector, dock; and the keys that work everywhere.

import { Suspense, useEffect } from "react";
import { Bar } from "./Bar.tsx";
import { Dock } from "./dock/Dock.tsx";
import { TourOffer } from "./guide/TourOffer.tsx";
import { DropZone } from "./open/DropZone.tsx";
import { SourceStrip } from "./open/SourceStrip.tsx";
import { useDock } from "./state/dock.ts";
import { redo, undo } from "./state/study.ts";
import { late } from "./ui/late.ts";
import { Notices } from "./ui/Notices.tsx";
import "./app.css";

const Work = late(async () => (await import("./Work.tsx")).Work);

export function App() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      if ((event.target as HTMLElement).matches("input, textarea, [contenteditable]")) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && !(key === "y" && event.ctrlKey)) return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) redo();
      else undo();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  const docked = useDock(({ shown, moved }) => (shown === null ? undefined : moved ? "moved" : "fitting"));
  const whole = useDock((state) => state.shown !== null && state.whole);
  return (
    <DropZone>
      <div className="app">
        <Bar />
        <SourceStrip />
        <div className="app-notes">
          <Notices />
          <TourOffer />
        </div>
        <main className="room" data-docked={docked} data-whole={whole || undefined}>
          <Suspense fallback={<div className="work" aria-busy="true" />}>
            <Work />
          </Suspense>
          <Dock />
        </main>
      </div>
    </DropZone>
  );
}
