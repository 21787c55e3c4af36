// The settings of what is always on the screen, kept with the study: the dock, and how the heatmap's rows are arranged.
// Panels that are loaded later keep theirs themselves (state/views.ts).

import { type DockState, useDock } from "../state/dock.ts";
import { type Arrangement, useArrangement } from "../state/rows/grouping.ts";
import { keepView } from "../state/views.ts";

/** As JSON has it. */
type Rows = Omit<Arrangement, "toggled" | "losses"> & {
  readonly toggled: readonly string[];
  readonly losses: readonly (readonly [string, number])[];
};

/** Begins to keep them. Returns what ends it. */
export function keepPanels(): () => void {
  const ends = [
    keepView<Pick<DockState, "shown" | "whole">>("dock", {
      read: () => {
        const { shown, whole } = useDock.getState();
        return { shown, whole };
      },
      give: ({ shown, whole }) => useDock.setState({ shown, whole }),
      watch: (changed) => useDock.subscribe(changed),
    }),
    keepView<Rows>("rows", {
      read: () => {
        const { toggled, losses, ...others } = useArrangement.getState();
        return { ...others, toggled: [...toggled], losses: [...losses] };
      },
      give: ({ toggled, losses, ...others }) =>
        useArrangement.setState({ ...others, toggled: new Set(toggled), losses: new Map(losses) }),
      watch: (changed) => useArrangement.subscribe(changed),
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
