// The distribution of a layer's values with the grid of its scheme, and the range of each channel.

import type { LayerSummary, Target } from "@bitscape/engine";
import { ChannelStrip } from "../charts/ChannelStrip.tsx";
import { HistogramChart } from "../charts/HistogramChart.tsx";
import type { Scheme } from "../state/edits.ts";
import { Term } from "../ui/Term.tsx";
import { useHistogram } from "./useHistogram.ts";

interface Props {
  readonly layer: LayerSummary;
  readonly target: Target;
  readonly scheme: Scheme | undefined;
}

export function Values({ layer, target, scheme }: Props) {
  const { report, stale, failure } = useHistogram(layer.id, target, scheme);
  const of = target === "weight" ? "weights" : "activations";
  const groups = scheme && scheme.granularity !== "tensor";
  return (
    <section className="values" aria-label={`Distribution of ${of}`} data-stale={stale || undefined}>
      <div className="values-head">
        <h3>Distribution of {of}</h3>
        <span className="quiet">
          {report?.sqnrDb != null && (
            <>
              <Term of="sqnr">SQNR</Term> {report.sqnrDb.toFixed(1).replace("-", "−")} dB
            </>
          )}
        </span>
      </div>
      {failure ? (
        <p className="failure">{failure}</p>
      ) : report ? (
        <>
          <HistogramChart report={report} label={`Distribution of ${of}`} />
          <p className="values-note">
            count, log scale
            {report.grid.length > 0 && (
              <>
                {" · "}
                <i className="values-tick" /> <Term of="grid">grid</Term> of {report.grid.length} values
                {groups ? `, first ${scheme.granularity === "channel" ? "channel" : "block"}` : ""}
              </>
            )}
          </p>
          {report.channels && report.channels.low.length > 1 && (
            <>
              <h3>Ranges of {report.channels.low.length} output channels</h3>
              <ChannelStrip channels={report.channels} />
            </>
          )}
        </>
      ) : (
        <div className="values-empty quiet">
          {target === "activation" ? "Observing activations on calibration data…" : "Reading the weights…"}
        </div>
      )}
    </section>
  );
}
