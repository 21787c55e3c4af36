// What one works on: the heatmap, and beside it the inspector and the budget. Its code comes after what the page is first drawn
// with, so that bar and menus answer before it is there.

import { type CSSProperties, useEffect } from "react";
import { BudgetPanel } from "./budget/BudgetPanel.tsx";
import { Inspector } from "./inspector/Inspector.tsx";
import { LayersPanel } from "./layers/LayersPanel.tsx";
import { SideDivider } from "./SideDivider.tsx";
import { useSide } from "./state/side.ts";
import { preloadPopups } from "./ui/usePopup.ts";

/** Milliseconds after which menus are loaded that nobody came near yet. */
const REST = 5000;

export function Work() {
  const side = useSide(({ share }) => share);
  useEffect(() => {
    const timer = setTimeout(preloadPopups, REST);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="work">
      <LayersPanel />
      <div className="side" style={{ "--inspector": side } as CSSProperties}>
        <Inspector />
        <SideDivider />
        <BudgetPanel />
      </div>
    </div>
  );
}
