// The whole screen: bar, sources, heatmap, inspector, dock; and the keys that work everywhere.

import { Tooltip } from "radix-ui";
import { type CSSProperties, lazy, Suspense, useEffect } from "react";
import { Bar } from "./Bar.tsx";
import { Dock } from "./dock/Dock.tsx";
import { TourOffer } from "./guide/TourOffer.tsx";
import { Inspector } from "./layers/Inspector.tsx";
import { LayersPanel } from "./layers/LayersPanel.tsx";
import { DropZone } from "./open/DropZone.tsx";
import { SourceStrip } from "./open/SourceStrip.tsx";
import { SideDivider } from "./SideDivider.tsx";
import { useDock } from "./state/dock.ts";
import { useSide } from "./state/side.ts";
import { redo, undo } from "./state/study.ts";
import { Notices } from "./ui/Notices.tsx";
import "./app.css";

const BudgetPanel = lazy(async () => ({ default: (await import("./budget/BudgetPanel.tsx")).BudgetPanel }));

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
  const side = useSide(({ share }) => share);
  const whole = useDock((state) => state.shown !== null && state.whole);
  return (
    <Tooltip.Provider delayDuration={250} skipDelayDuration={200}>
      <DropZone>
        <div className="app">
          <Bar />
          <SourceStrip />
          <div className="app-notes">
            <Notices />
            <TourOffer />
          </div>
          <main className="room" data-docked={docked} data-whole={whole || undefined}>
            <div className="work">
              <LayersPanel />
              <div className="side" style={{ "--inspector": side } as CSSProperties}>
                <Inspector />
                <SideDivider />
                <Suspense>
                  <BudgetPanel />
                </Suspense>
              </div>
            </div>
            <Dock />
          </main>
        </div>
      </DropZone>
    </Tooltip.Provider>
  );
}
