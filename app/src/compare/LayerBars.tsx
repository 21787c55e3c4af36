// Where the error grows: signal to noise of each layer's output, in the order of the graph. A click selects the layer.

import type { LayersReport } from "@bitscape/engine";
import { useStore } from "../state/store.ts";
import { select } from "../state/study.ts";
import { Term } from "../ui/Term.tsx";

/** Decibels that fill the row: beyond them an output is float for all purposes. */
const FULL = 60;
/** Rows drawn; of larger networks, those that suffer most. */
const MOST = 240;

export function LayerBars({
  report,
  stale,
}: {
  readonly report: LayersReport | null;
  readonly stale: boolean;
}) {
  const selected = useStore((state) => state.selected);
  if (!report) {
    return (
      <div className="layer-bars">
        <h2>Where the error grows</h2>
        <p className="quiet">Measured when the samples are through.</p>
      </div>
    );
  }
  const all = report.layers.filter(({ sqnrDb }) => !Number.isNaN(sqnrDb));
  const limit = all.map(({ sqnrDb }) => sqnrDb).sort((a, b) => a - b)[MOST] ?? Number.POSITIVE_INFINITY;
  const rows = all.length > MOST ? all.filter(({ sqnrDb }) => sqnrDb < limit) : all;
  return (
    <div className="layer-bars" data-stale={stale || undefined}>
      <h2>Where the error grows</h2>
      <p className="quiet">
        <Term of="sqnr">SQNR</Term> of each layer’s output, everything before it quantized too; measured, n=
        {report.n}
        {all.length > rows.length && `; the worst ${rows.length} of ${all.length}`}. Longer is nearer to
        float.
      </p>
      <ul>
        {rows.map(({ layer, op, sqnrDb }) => (
          <li key={layer}>
            <button
              type="button"
              className="layer-bar"
              aria-pressed={layer === selected}
              title={`${layer}, ${op}`}
              onClick={() => select(layer)}
            >
              <span className="layer-bar-name">
                <bdi>{layer}</bdi>
              </span>
              <span className="layer-bar-room" aria-hidden="true">
                <span style={{ width: `${(100 * Math.max(0, Math.min(FULL, sqnrDb))) / FULL}%` }} />
              </span>
              <span className="layer-bar-figure">
                {Number.isFinite(sqnrDb) ? `${sqnrDb.toFixed(1)} dB` : "exact"}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
