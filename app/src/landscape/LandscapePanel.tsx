// The landscape: where the loss is steep and which clips hang together, so that steps are chosen well. Loaded when its tab
// is first opened. Each view is a file beside this one.

import { type FunctionComponent, useEffect } from "react";
import { DataMark } from "../open/DataMark.tsx";
import { about, put, useLandscape, type View } from "../state/landscape/landscape.ts";
import { useStore } from "../state/store.ts";
import { PanelState } from "../ui/PanelState.tsx";
import { Segments } from "../ui/Segments.tsx";
import { CouplingView } from "./CouplingView.tsx";
import { JointView } from "./JointView.tsx";
import { StepView } from "./StepView.tsx";
import { WeightView } from "./WeightView.tsx";
import "./landscape.css";
import "./pictures.css";

interface Shown {
  readonly id: View;
  readonly title: string;
  readonly help: string;
  readonly View: FunctionComponent;
}

const views: readonly Shown[] = [
  { id: "step", title: "Two clips", help: "The loss over the clips of two tensors", View: StepView },
  { id: "coupling", title: "Coupling", help: "Which clips must be chosen together", View: CouplingView },
  {
    id: "weight",
    title: "Weight space",
    help: "From float to quantized weights, and around",
    View: WeightView,
  },
  {
    id: "joint",
    title: "All clips jointly",
    help: "Every clip by the whole network’s loss",
    View: JointView,
  },
];

export function LandscapePanel() {
  const model = useStore((state) => state.model);
  const data = useStore((state) => state.data);
  const opening = useStore((state) => state.opening !== null);
  const view = useLandscape((state) => state.view);
  const known = useLandscape((state) => state.of);
  useEffect(() => about(model, data), [model, data]);
  const shown = views.find(({ id }) => id === view) ?? views[0];
  const ready = model && data && !opening && known.model === model && known.data === data;
  return (
    <section className="landscape" aria-label="Landscape">
      <Segments
        label="View of the landscape"
        value={view}
        options={views.map(({ id, title, help }) => ({ value: id, text: title, help }))}
        onChange={(value) => put({ view: value as View })}
      />
      <DataMark />
      {!model ? (
        <PanelState kind="empty">Open a model: here is how its loss lies around what you choose.</PanelState>
      ) : !ready ? (
        <PanelState kind="loading">Reading the model and its data…</PanelState>
      ) : data.cannotRun !== undefined ? (
        <PanelState kind="empty">{`The loss cannot be computed here: ${data.cannotRun}`}</PanelState>
      ) : (
        shown && <shown.View />
      )}
    </section>
  );
}
