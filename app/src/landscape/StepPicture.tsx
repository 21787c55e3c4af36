// The picture of a step slice: a map with named points, the optimiser's way and the crosshair, or a surface.

import type { StepSlice } from "@bitscape/engine";
import { Suspense, useMemo, useRef, useState } from "react";
import { ColourBar } from "../charts/ColourBar.tsx";
import { lossKey } from "../charts/colourKey.ts";
import { FieldChart, type Frame } from "../charts/FieldChart.tsx";
import type { Field } from "../charts/field.ts";
import { scaleOf } from "../charts/lossScale.ts";
import { surfaceAxes } from "../charts/plotAxis.ts";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { dragTo, readOff, release, stepAxes } from "../state/landscape/crosshair.ts";
import { wayOver } from "../state/landscape/joint.ts";
import { type Drawn, useLandscape } from "../state/landscape/landscape.ts";
import type { StepAsked } from "../state/landscape/slices.ts";
import { tensorName } from "../state/landscape/tensors.ts";
import { late } from "../ui/late.ts";
import { formatDivergence } from "../ui/numbers.ts";
import { useDark } from "../ui/theme.ts";
import { CrosshairHandle, CrosshairLines, held } from "./Crosshair.tsx";
import { stepCsv } from "./csv.ts";
import { lossUnit, sampleWords } from "./readings.ts";
import { SliceTable } from "./SliceTable.tsx";
import { usePictureSide } from "./usePictureSide.ts";

const SurfaceChart = late(async () => (await import("../charts/SurfaceChart.tsx")).SurfaceChart);

interface Props {
  readonly asked: StepAsked;
  readonly drawn: Drawn<StepSlice>;
  /** Without gaps, as far as anything is known. */
  readonly field: Field;
  readonly stale: boolean;
}

type Place = readonly [number, number];

export function StepPicture({ asked, drawn, field, stale }: Props) {
  const { slice } = drawn;
  const svg = useRef<SVGSVGElement>(null);
  const figure = useRef<HTMLElement>(null);
  const surface = useLandscape((state) => state.surface);
  const crosshair = useLandscape((state) => state.crosshair);
  const trace = useLandscape((state) => state.trace);
  const jointOf = useLandscape((state) => state.jointOf);
  const [hovered, setHovered] = useState<Place | null>(null);
  const side = usePictureSide();
  const dark = useDark();
  const axes = useMemo(() => stepAxes(drawn), [drawn]);
  const scale = useMemo(() => scaleOf(slice.loss), [slice]);
  const way = useMemo(() => wayOver(trace, jointOf, asked.pair), [trace, jointOf, asked]);
  const points = useMemo(() => pointsOf(slice, way.at(-1)), [slice, way]);
  const predict = (at: Place) => readOff(drawn, field, at);
  const drag = (at: Place) => dragTo(asked, at, predict(at));
  const place = (
    event: { clientX: number; clientY: number; currentTarget: Element },
    frame: Frame,
  ): Place => {
    const box = event.currentTarget.getBoundingClientRect();
    return frame.under(event.clientX - box.left, event.clientY - box.top);
  };
  const unit = lossUnit(slice.metric);
  const known = useMemo(() => slice.loss.filter((each) => !Number.isNaN(each)).length, [slice]);
  const name = asked.pair.map(tensorName).join(" and ");
  return (
    <figure className="landscape-picture" ref={figure} aria-label={`Slice of ${name}`}>
      {surface && scale ? (
        <Suspense fallback={<p className="quiet">Loading the surface…</p>}>
          <SurfaceChart
            label={`Loss surface over the clips of ${name}`}
            axes={axes}
            field={field}
            scale={scale}
          />
        </Suspense>
      ) : (
        <FieldChart
          label={`Loss over the clips of ${name}, ${slice.done ? "complete" : `${known} of ${slice.loss.length} points known`}`}
          svgRef={svg}
          field={field}
          axes={axes}
          scale={scale}
          points={points}
          stale={stale}
          most={side}
          onHover={setHovered}
          onPointerDown={(event, frame) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            drag(place(event, frame));
          }}
          onPointerMove={(event, frame) => {
            if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(place(event, frame));
          }}
          onPointerUp={() => release(asked)}
          over={(frame) =>
            crosshair && <CrosshairHandle {...{ asked, axes, frame, crosshair, unit, predict }} />
          }
        >
          {(frame) => (
            <>
              {way.length > 1 && (
                <path
                  className="joint-way"
                  d={`M${way.map((at) => Object.values(held(frame, at)).join(" ")).join("L")}`}
                />
              )}
              {crosshair && <CrosshairLines frame={frame} at={crosshair.at} />}
            </>
          )}
        </FieldChart>
      )}
      <figcaption className="landscape-caption">
        {scale && <ColourBar of={lossKey(scale, `${unit}; colours logarithmic`, dark)} />}
        <span className="quiet landscape-hover" aria-hidden="true">
          {hovered && !surface
            ? `${hovered.map((value) => value.toPrecision(3)).join(" × ")}: ${formatDivergence(predict(hovered))}`
            : ""}
        </span>
        <SaveMenu
          label="Save the slice"
          name={`slice-${asked.pair.map(tensorName).join("-")}`}
          title={`Loss over the clips of ${name}`}
          source={`${surface ? `${surfaceAxes(...axes)}; ` : ""}measured, ${sampleWords(slice.n, slice.data)}`}
          colours={(dark) => scale && lossKey(scale, `${unit}; logarithmic`, dark)}
          picture={() => (surface ? figure.current?.querySelector("canvas") : svg.current)}
          csv={() => stepCsv(slice)}
        />
      </figcaption>
      <SliceTable axes={axes} values={slice.loss} caption={`Loss over the clips of ${name} (${unit})`} />
    </figure>
  );
}

/** The slice's own points, and where the optimiser is. */
function pointsOf(slice: StepSlice, joint: Place | undefined) {
  const own = slice.points.map(({ name, at }) => ({
    name,
    at,
    mark: /optimum|grid|minimum/.test(name) ? ("cross" as const) : ("dot" as const),
  }));
  // The optimum has the first choice of where its name goes.
  own.sort((a, b) => Number(b.mark === "cross") - Number(a.mark === "cross"));
  return joint ? [{ name: "LAPQ", at: joint, mark: "cross" as const }, ...own] : own;
}
