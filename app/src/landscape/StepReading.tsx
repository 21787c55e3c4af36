// What a step slice says: the clips and the loss at the crosshair, how the two tensors hang together, the named points.

import type { StepSlice } from "@bitscape/engine";
import { dragTo, release } from "../state/landscape/crosshair.ts";
import { type Drawn, put, useLandscape } from "../state/landscape/landscape.ts";
import type { StepAsked } from "../state/landscape/slices.ts";
import { tensorName } from "../state/landscape/tensors.ts";
import { Button } from "../ui/Button.tsx";
import { formatDivergence, formatValue } from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";
import { lossUnit, percentWords, sampleWords, separability } from "./readings.ts";

interface Props {
  readonly asked: StepAsked;
  readonly drawn: Drawn<StepSlice> | null;
  readonly stale: boolean;
}

export function StepReading({ asked, drawn, stale }: Props) {
  const crosshair = useLandscape((state) => state.crosshair);
  const slice = drawn?.slice ?? null;
  const said = slice && separability(slice.interaction, slice.coupling);
  return (
    <div className="landscape-reading" data-stale={stale || undefined}>
      <section aria-label="At the crosshair">
        <h3>
          The two <Term of="clip">clips</Term> at the crosshair
        </h3>
        <p className="loss-here">
          {!crosshair ? (
            <span className="quiet">…</span>
          ) : (
            <Loss predicted={crosshair.predicted} measured={crosshair.measured} slice={slice} />
          )}
        </p>
        <dl className="facts">
          {asked.pair.map((of, i) => (
            <Clip
              key={tensorName(of)}
              name={tensorName(of)}
              share={crosshair?.at[i] ?? null}
              axis={slice?.axes[i] ?? null}
            />
          ))}
        </dl>
        <p className="quiet landscape-hint">
          Drag on the picture, or focus the crosshair and use the arrow keys: letting go sets both clips in
          the recipe
          {typeof asked.bits === "number" && ` (at ${asked.bits} bits)`}, as one step of undo.
        </p>
      </section>
      {slice && (
        <section aria-label="Together or apart">
          <h3>Together or apart</h3>
          {said && <p>{said}</p>}
          <dl className="facts">
            <dt>
              <Term of="interaction">interaction share</Term>
            </dt>
            <dd>{slice.interaction === null ? "not yet known" : percentWords(slice.interaction)}</dd>
            <dt>
              <Term of="coupling">coupling ρ</Term>
            </dt>
            <dd>{slice.coupling === null ? "not yet known" : slice.coupling.toPrecision(2)}</dd>
            <dt>
              <Term of="curvature">curvature</Term>
            </dt>
            <dd>{slice.curvature === null ? "not yet known" : formatDivergence(slice.curvature, 2)}</dd>
          </dl>
          <Button size="small" onClick={() => put({ view: "joint" })}>
            Choose all clips jointly…
          </Button>
        </section>
      )}
      {slice && slice.points.length > 0 && <Points asked={asked} slice={slice} />}
    </div>
  );
}

function Loss({
  predicted,
  measured,
  slice,
}: {
  readonly predicted: number;
  readonly measured: number | null;
  readonly slice: StepSlice | null;
}) {
  const value = measured ?? predicted;
  return (
    <>
      <output data-source={measured === null ? "predicted" : "measured"} aria-label="Loss at the crosshair">
        {Number.isNaN(value) ? "…" : formatDivergence(value)}
      </output>{" "}
      <span className="quiet">
        {slice ? `${lossUnit(slice.metric)}, ` : ""}
        {measured === null
          ? "read off the slice"
          : `measured${slice ? `, ${sampleWords(slice.n, slice.data)}` : ""}`}
      </span>
    </>
  );
}

function Clip({
  name,
  share,
  axis,
}: {
  readonly name: string;
  readonly share: number | null;
  readonly axis: StepSlice["axes"][0] | null;
}) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {share === null ? "…" : `${share.toPrecision(3)} of max-abs`}
        {share !== null && axis && (
          <span className="quiet">
            {" "}
            ({formatValue(axis.full.low * share)} to {formatValue(axis.full.high * share)}, {axis.format})
          </span>
        )}
      </dd>
    </>
  );
}

function Points({ asked, slice }: { readonly asked: StepAsked; readonly slice: StepSlice }) {
  const known = slice.points.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const best = Math.min(...known);
  return (
    <section className="named-points" aria-label="Named points">
      <h3>Named points</h3>
      <table className="points-table">
        <thead>
          <tr>
            <th>point</th>
            <th>up</th>
            <th>right</th>
            <th>loss</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {slice.points.map(({ name, at, loss }) => (
            <tr key={name} data-best={loss === best || undefined}>
              <th scope="row">{name}</th>
              <td>{at[0].toPrecision(3)}</td>
              <td>{at[1].toPrecision(3)}</td>
              <td>{loss === null ? "…" : formatDivergence(loss)}</td>
              <td>
                <Button
                  size="small"
                  kind="plain"
                  aria-label={`Use ${name}`}
                  title="Both clips in the recipe as here"
                  onClick={() => {
                    dragTo(asked, at, loss ?? Number.NaN);
                    release(asked);
                  }}
                >
                  Use
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {slice.points.some(({ name }) => name.startsWith("p = ")) && (
        <p className="quiet landscape-hint">
          p = …: each tensor’s clip of the least Lᵖ error, which <Term of="lapq">LAPQ</Term> starts from.
        </p>
      )}
    </section>
  );
}
