// The panels of the dock: a row each. A panel's code is loaded when it is first shown.

import { type FunctionComponent, type LazyExoticComponent, lazy } from "react";

export interface DockPanel {
  readonly id: string;
  readonly title: string;
  readonly Panel: LazyExoticComponent<FunctionComponent>;
  /** Begins to load it: somebody came near. */
  readonly preload: () => void;
}

/** A row: a panel, from what its module exports by a name. */
export function panel<Name extends string>(
  id: string,
  title: string,
  load: () => Promise<Record<Name, FunctionComponent>>,
  name: Name,
): DockPanel {
  return {
    id,
    title,
    Panel: lazy(async () => ({ default: (await load())[name] as FunctionComponent })),
    preload: () => void load().catch(() => {}),
  };
}

export const panels: readonly DockPanel[] = [
  panel("graph", "Graph", () => import("../graph/GraphPanel.tsx"), "GraphPanel"),
  panel("landscape", "Landscape", () => import("../landscape/LandscapePanel.tsx"), "LandscapePanel"),
  panel("compare", "Compare", () => import("../compare/ComparePanel.tsx"), "ComparePanel"),
  panel("methods", "Methods", () => import("../methods/MethodsPanel.tsx"), "MethodsPanel"),
  panel("report", "Report", () => import("../report/ReportPanel.tsx"), "ReportPanel"),
  panel("guide", "Guide", () => import("../guide/GuidePanel.tsx"), "GuidePanel"),
];
