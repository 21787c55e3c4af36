// Where the error grows: signal to noise of each layer's output, in the order of the graph. A click selects the layer.

import type { LayersReport } from "@bitscape/engine";
import { barsPicture } from "../charts/barsPicture.ts";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { useStore } from "../state/store.ts";
import { select } from "../state/study.ts";
import { Term } from "../ui/Term.tsx";
import { layersCsv } from "./csv.ts";

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
      <div className="compare-heading">
        <h2>Where the error grows</h2>
        <SaveMenu
          label="Save where the error grows"
          name="sqnr-by-layer"
          title="Signal to quantization noise of each layer’s output, everything before it quantized too"
          source={`measured, n=${report.n}`}
          picture={(dark) => barsPicture({ bars: rows.map(barOf), axis: "SQNR, dB", most: FULL, dark })}
          csv={() => layersCsv(report)}
        />
      </div>
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
              <span className="layer-bar-figure">{words(sqnrDb)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const words = (sqnrDb: number) => (Number.isFinite(sqnrDb) ? `${sqnrDb.toFixed(1)} dB` : "exact");

const barOf = ({ layer, sqnrDb }: LayersReport["layers"][number]) => ({
  name: layer,
  value: sqnrDb,
  text: words(sqnrDb),
});
