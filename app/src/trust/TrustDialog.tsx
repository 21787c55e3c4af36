// How far predictions can be trusted: predicted against measured, and how layers interact, which predictions of single
// layers leave out. Loaded when it is first asked for.

import { useMemo, useState } from "react";
import { RankChart } from "../charts/RankChart.tsx";
import { EstimatorMenu } from "../layers/EstimatorMenu.tsx";
import { useStore } from "../state/store.ts";
import { agreement } from "../state/sweep/agreement.ts";
import { estimatorTitle } from "../state/sweep/estimators.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { PanelState } from "../ui/PanelState.tsx";
import { Segments } from "../ui/Segments.tsx";
import { Interactions } from "./Interactions.tsx";
import { RankTable } from "./RankTable.tsx";
import { Scatter } from "./Scatter.tsx";
import "./trust.css";

interface Props {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function TrustDialog({ open, onOpenChange }: Props) {
  const [tab, setTab] = useState("scatter");
  const metric = useStore((state) => state.float?.metric);
  const unit = metric === "mse" ? "relative error" : "nats";
  return (
    <Dialog title="How far to trust predictions" open={open} onOpenChange={onOpenChange} width={880}>
      <div className="trust-row">
        <Segments
          label="View"
          value={tab}
          options={[
            { value: "scatter", text: "Predicted against measured" },
            { value: "pairs", text: "Interactions of layers" },
          ]}
          onChange={setTab}
        />
        {tab === "scatter" && <EstimatorMenu />}
      </div>
      {tab === "scatter" ? <Compared unit={unit} /> : <Interactions unit={unit} />}
    </Dialog>
  );
}

function Compared({ unit }: { readonly unit: string }) {
  const cells = useStore((state) => state.cells);
  const predictions = useStore((state) => state.predictions);
  const estimator = useStore((state) => state.estimator);
  const measuring = useStore((state) => state.sweep !== null);
  const found = useMemo(() => agreement(cells, predictions), [cells, predictions]);
  if (found.points.length === 0) {
    return (
      <PanelState kind={measuring ? "loading" : "empty"}>
        No cell is both predicted and measured yet.
      </PanelState>
    );
  }
  return (
    <div className="trust-columns">
      <Scatter agreement={found} unit={unit} estimator={estimatorTitle(estimator)} />
      <div className="trust-ranks">
        <RankTable columns={found.columns} />
        <RankChart columns={found.columns} />
      </div>
    </div>
  );
}
