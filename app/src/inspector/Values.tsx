// The distribution of a layer's values with the grid of its scheme, whose ends can be dragged, and the range of each channel.

import type { HistogramReport, LayerSummary, Target } from "@bitscape/engine";
import { useEffect, useRef, useState } from "react";
import { ClipHandle } from "../charts/ClipHandle.tsx";
import { HistogramChart, spanOf } from "../charts/HistogramChart.tsx";
import { formatTitle } from "../layers/formats.ts";
import { isCoupled } from "../state/clips.ts";
import { bitsOf, floating, type Scheme } from "../state/edits.ts";
import { isQuantized } from "../state/landscape/tensors.ts";
import { useStore } from "../state/store.ts";
import { useShownScheme, useTrial } from "../state/trial.ts";
import { formatShare } from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";
import { Channels } from "./Channels.tsx";
import { SaveDistribution } from "./SaveDistribution.tsx";
import { useClips } from "./useClips.ts";
import { useHistogram } from "./useHistogram.ts";

interface Props {
  readonly ids: readonly string[];
  readonly layer: LayerSummary;
  readonly target: Target;
  /** In the recipe. */
  readonly scheme: Scheme | undefined;
}

export function Values({ ids, layer, target, scheme }: Props) {
  const section = useRef<HTMLElement>(null);
  const trial = useTrial((state) => state.trial);
  const shown = useShownScheme(layer.id, target);
  const [channel, setChannel] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tensor has other channels
  useEffect(() => setChannel(null), [layer.id, target]);
  const { report, stale, failure } = useHistogram(layer.id, target, shown, channel, trial?.by === "clip");
  const one = useOneRange(ids, layer, target, scheme);
  const own = useStore((state) => isQuantized(state.recipe, { layer: layer.id, target }));
  const clips = useClips({ ids, layer, target, scheme: own ? scheme : undefined, report, one });
  // While an end is dragged the picture stays as it was: what is dragged would run away from the pointer.
  const [span, setSpan] = useState<ReturnType<typeof spanOf>>();
  const moving = clips?.moving === true;
  useEffect(() => {
    if (report && !moving) setSpan(spanOf(report));
  }, [report, moving]);
  const considered = trial?.by === "option" && trial.layer === layer.id && trial.target === target;
  const of = target === "weight" ? "weights" : "activations";
  const coupled = scheme !== undefined && isCoupled({ scheme, one });
  return (
    <section
      ref={section}
      className="values"
      aria-label={`Distribution of ${of}`}
      data-stale={(stale && !moving) || undefined}
    >
      <div className="values-head">
        <h3>Distribution</h3>
        {report && (
          <span className="values-tools">
            <Readout report={report} considered={considered} />
            <SaveDistribution layer={layer.id} values={of} report={report} of={section} />
          </span>
        )}
      </div>
      {failure ? (
        <p className="failure">{failure}</p>
      ) : report ? (
        <>
          <HistogramChart report={report} label={`Distribution of ${of}`} {...(span && { span })}>
            {(axis) =>
              clips &&
              !considered &&
              (["low", "high"] as const).map((end) => (
                <ClipHandle
                  key={end}
                  label={end === "low" ? "Lower clip" : "Upper clip"}
                  axis={axis}
                  value={clips.ends[end]}
                  words={clipWords(report, coupled)}
                  keyMove={clips.keyMove}
                  onMove={(to) => clips.move(end, to)}
                  onRelease={clips.release}
                  onSettle={clips.settle}
                  onGiveUp={clips.giveUp}
                  onWhole={clips.whole}
                />
              ))
            }
          </HistogramChart>
          <p className="values-note">
            log counts
            {report.grid.length > 0 && (
              <>
                {" · "}
                <i className="values-tick" /> <Term of="grid">grid</Term> of {report.grid.length} values
                {gridOwner(shown, channel)}
              </>
            )}
            {considered && ` · considering ${formatTitle(bitsOf(shown))}`}
            {clips && !considered && (coupled ? " · ends drag together" : " · drag an end to clip")}
          </p>
          {report.channels && report.channels.low.length > 1 && (
            <Channels channels={report.channels} report={report} picked={channel} onPick={setChannel} />
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

/** What the scheme makes of the values: signal to noise, the error as a share of their size, what is clipped. */
function Readout({ report, considered }: { readonly report: HistogramReport; readonly considered: boolean }) {
  const { sqnrDb, clipped } = report;
  if (sqnrDb === null) return <span className="quiet">not quantized</span>;
  return (
    <span className="values-readout" data-considered={considered || undefined} aria-live="off">
      <Term of="sqnr">SQNR</Term> {sqnrDb.toFixed(1).replace("-", "−")} dB
      {clipped !== null && (
        <>
          {" · "}
          <Term of="clipped">clipped</Term> {formatShare(clipped)}
        </>
      )}
    </span>
  );
}

const clipWords = ({ sqnrDb, clipped }: HistogramReport, coupled: boolean) =>
  `${clipped === null ? "" : `${formatShare(clipped)} clipped, `}SQNR ${sqnrDb?.toFixed(1)} dB${coupled ? ", both ends together" : ""}`;

function gridOwner(scheme: Scheme | undefined, channel: number | null): string {
  if (!scheme || bitsOf(scheme) === floating) return "";
  if (channel !== null) return `, channel ${channel}`;
  if (scheme.granularity === "tensor") return "";
  return `, first ${scheme.granularity === "channel" ? "channel" : "block"}`;
}

/** Whether a tensor's ends can be given in units: one scale, and no other tensor that would get the same. */
function useOneRange(
  ids: readonly string[],
  layer: LayerSummary,
  target: Target,
  scheme: Scheme | undefined,
): boolean {
  const layers = useStore((state) => state.model?.layers);
  if (!scheme || ids.length > 1 || scheme.granularity !== "tensor") return false;
  if (target === "weight") return layer.weights.length === 1;
  const sharing = (layers ?? []).filter(({ id }) => id === layer.id || layer.sharedWith.includes(id));
  return new Set(sharing.flatMap(({ activations }) => activations)).size === 1;
}
