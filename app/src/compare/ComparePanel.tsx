// Float beside quantized on real samples: how many answers change and which, the samples that suffer most, and where in the
// network the error grows.

import { recipeKey } from "@bitscape/engine";
import { useEffect } from "react";
import { download } from "../export/download.ts";
import { compareAgain, keepComparing, useComparing } from "../state/comparing.ts";
import { useStore } from "../state/store.ts";
import { useKept } from "../state/views.ts";
import { Button } from "../ui/Button.tsx";
import { Meter } from "../ui/Meter.tsx";
import { formatCount } from "../ui/numbers.ts";
import { PanelState } from "../ui/PanelState.tsx";
import { Segments } from "../ui/Segments.tsx";
import { Confusions } from "./Confusions.tsx";
import { compareCsv } from "./csv.ts";
import { LayerBars } from "./LayerBars.tsx";
import { SampleCard } from "./SampleCard.tsx";
import { Summary } from "./Summary.tsx";
import "./compare.css";

export function ComparePanel() {
  useEffect(keepComparing, []);
  const { report, layers, running, failure } = useComparing();
  const data = useStore((state) => state.data);
  const key = useStore((state) => recipeKey(state.recipe));
  const [shown, setShown] = useKept<string>("compare.shown", "all");
  if (data?.cannotRun !== undefined) return <PanelState kind="empty">{data.cannotRun}</PanelState>;
  if (failure) {
    return (
      <PanelState kind="failed" action={{ label: "Try again", act: compareAgain }}>
        {failure}
      </PanelState>
    );
  }
  if (!report) {
    return data ? (
      <PanelState kind="loading">
        Running float and quantized side by side on the evaluation samples…
      </PanelState>
    ) : (
      <PanelState kind="empty">
        Open a model: here its answers stand beside the quantized network’s.
      </PanelState>
    );
  }
  const { value } = report;
  const samples = shown === "flipped" ? value.samples.filter(({ flipped }) => flipped) : value.samples;
  return (
    <section
      className="compare"
      aria-label="Float beside quantized"
      data-stale={report.key !== key || undefined}
    >
      <div className="compare-side">
        {running && !value.done && (
          <div className="compare-running" role="status">
            {formatCount(value.n)} of {formatCount(value.of)} samples
            <Meter label="Samples compared" done={value.n} total={value.of} />
          </div>
        )}
        {report.key !== key && <p role="status">Of an earlier recipe; comparing anew.</p>}
        <Summary report={value} />
        <Confusions report={value} />
      </div>
      <div className="compare-samples">
        <header>
          <h2>Samples whose outputs differ most</h2>
          {value.flips !== null && (
            <Segments
              label="Samples shown"
              value={shown}
              options={[
                { value: "all", text: "all" },
                { value: "flipped", text: "changed answers" },
              ]}
              onChange={setShown}
            />
          )}
          <Button
            size="small"
            title="These samples with both answers, and the error of each layer"
            disabled={!value.done}
            onClick={() =>
              download(
                "compare.csv",
                [compareCsv(value, layers?.key === report.key ? layers.value : null)],
                "text/csv",
              )
            }
          >
            Save as CSV
          </Button>
        </header>
        {samples.length === 0 ? (
          <p className="quiet">
            {value.done ? "No answer changed on these samples." : "No answer has changed so far."}
          </p>
        ) : (
          <ul className="compare-cards">
            {samples.map((sample) => (
              <SampleCard key={sample.index} sample={sample} classes={value.classes} metric={value.metric} />
            ))}
          </ul>
        )}
      </div>
      <LayerBars report={layers?.value ?? null} stale={layers !== null && layers.key !== key} />
    </section>
  );
}
