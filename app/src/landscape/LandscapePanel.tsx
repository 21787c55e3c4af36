// The landscape: where the loss is steep and which clips hang together, so that steps are chosen well. Loaded when its tab
// is first opened. Each view is a file beside this one.

import { type FunctionComponent, useEffect } from "react";
import { about, put, useLandscape, type View } from "../state/landscape.ts";
import { useStore } from "../state/store.ts";
import { Segments } from "../ui/Segments.tsx";
import { CouplingView } from "./CouplingView.tsx";
import { JointView } from "./JointView.tsx";
import { StepView } from "./StepView.tsx";
import { WeightView } from "./WeightView.tsx";
import "./landscape.css";
import "./pictures.css";

const views: readonly { readonly id: View; readonly title: string; readonly View: FunctionComponent }[] = [
  { id: "step", title: "Two clips", View: StepView },
  { id: "coupling", title: "Coupling", View: CouplingView },
  { id: "weight", title: "Weight space", View: WeightView },
  { id: "joint", title: "Choose the steps jointly", View: JointView },
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
        options={views.map(({ id, title }) => ({ value: id, text: title }))}
        onChange={(value) => put({ view: value as View })}
      />
      {!model ? (
        <p className="quiet">Open a model to see its landscape.</p>
      ) : !ready ? (
        <p className="quiet">Reading the model and its data…</p>
      ) : data.cannotRun !== undefined ? (
        <p className="quiet">The loss cannot be computed here: {data.cannotRun}</p>
      ) : (
        shown && <shown.View />
      )}
    </section>
  );
}
