// Planes through weight space, side by side on one colour scale: float, and each bit-width.

import type { WeightSlice, WeightSurface } from "@bitscape/engine";
import { Suspense, useMemo, useRef, useState } from "react";
import { ColourBar } from "../charts/ColourBar.tsx";
import { lossKey } from "../charts/colourKey.ts";
import { FieldChart } from "../charts/FieldChart.tsx";
import { filled, logarithmic } from "../charts/field.ts";
import { type LossScale, scaleOf } from "../charts/lossScale.ts";
import { type PlotAxis, surfaceAxes } from "../charts/plotAxis.ts";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { late } from "../ui/late.ts";
import { formatDivergence } from "../ui/numbers.ts";
import { Segments } from "../ui/Segments.tsx";
import { useDark } from "../ui/theme.ts";
import { planeCsv } from "./csv.ts";
import { lossUnit, sampleWords } from "./readings.ts";
import { SliceTable } from "./SliceTable.tsx";
import { surfaceName } from "./surfaces.ts";

const SurfaceChart = late(async () => (await import("../charts/SurfaceChart.tsx")).SurfaceChart);

interface Props {
  readonly slice: WeightSlice;
  readonly stale: boolean;
}

export function WeightPlanes({ slice, stale }: Props) {
  const [solid, setSolid] = useState(false);
  const scale = useMemo(() => scaleOf(...slice.surfaces.map(({ loss }) => loss)), [slice]);
  const axes = useMemo(() => axesOf(slice), [slice]);
  const unit = lossUnit(slice.metric);
  const dark = useDark();
  if (!axes) return null;
  return (
    <>
      <div className="landscape-caption">
        {scale && <ColourBar of={lossKey(scale, `${unit}; one scale for all, logarithmic`, dark)} />}
        <span className="quiet">measured, {sampleWords(slice.n, slice.data)}</span>
        <Segments
          label="Picture"
          value={solid ? "surface" : "map"}
          options={[
            { value: "map", text: "map" },
            { value: "surface", text: "3-D" },
          ]}
          onChange={(value) => setSolid(value === "surface")}
        />
      </div>
      <div className="landscape-planes">
        {slice.surfaces.map((surface) => (
          <Plane key={surface.of} {...{ slice, surface, axes, scale, stale, solid, unit }} />
        ))}
      </div>
    </>
  );
}

interface PlaneProps extends Props {
  readonly surface: WeightSurface;
  readonly axes: readonly [PlotAxis, PlotAxis];
  readonly scale: LossScale | null;
  readonly solid: boolean;
  readonly unit: string;
}

function Plane({ slice, surface, axes, scale, stale, solid, unit }: PlaneProps) {
  const figure = useRef<HTMLElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const name = surfaceName(surface.of);
  const field = useMemo(() => {
    const known = { rows: axes[0].values.length, columns: axes[1].values.length, values: surface.loss };
    return { ...known, values: filled(known, logarithmic) };
  }, [surface, axes]);
  const points = surface.points.map(({ name: point, at }) => ({
    name: point,
    at,
    mark: /quantized/.test(point) ? ("cross" as const) : ("dot" as const),
  }));
  return (
    <figure className="landscape-picture" ref={figure} aria-label={`Plane of ${name}`}>
      <h3>{name}</h3>
      {solid && scale ? (
        <Suspense fallback={<p className="quiet">Loading the surface…</p>}>
          <SurfaceChart label={`Loss surface of ${name}`} axes={axes} field={field} scale={scale} />
        </Suspense>
      ) : (
        <FieldChart
          label={`Loss of ${name} in a plane of weight space`}
          field={field}
          axes={axes}
          scale={scale}
          points={points}
          most={300}
          stale={stale}
          svgRef={svg}
        />
      )}
      <figcaption className="landscape-caption">
        <span>
          {surface.flatness === null
            ? "Flatness not yet known."
            : `One filter norm away the loss is ${formatDivergence(surface.flatness)} ${unit} above the centre's, on average (less is flatter).`}
        </span>
        <SaveMenu
          label={`Save the plane of ${name}`}
          name={`plane-${surface.of}`}
          title={`Loss of ${name} in a plane of weight space`}
          source={`${solid ? `${surfaceAxes(...axes)}; ` : ""}measured, ${sampleWords(slice.n, slice.data)}`}
          colours={(dark) => scale && lossKey(scale, `${unit}; logarithmic`, dark)}
          picture={() => (solid ? figure.current?.querySelector("canvas") : svg.current)}
          csv={() => planeCsv(slice, surface)}
        />
      </figcaption>
      <SliceTable axes={axes} values={surface.loss} caption={`Loss of ${name} (${unit})`} />
    </figure>
  );
}

function axesOf({ axes: [a, b] }: WeightSlice): readonly [PlotAxis, PlotAxis] | null {
  const axis = ({ label, values }: typeof a): PlotAxis => ({
    label: shortened(label),
    values,
    scale: "linear",
  });
  return b ? [axis(a), axis(b)] : null;
}

/** What the axis is; what its unit is, is said above the pictures. */
const shortened = (label: string) => label.replace(/[,;] .*?(\)?)$/, "$1").replace(/^([^(]*)\)$/, "$1");
