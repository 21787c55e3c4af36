// A picture of loss over two axes: coloured cells, contour lines, named points. Rows go up, columns to the right. What moves
// over it (a crosshair) is the caller's, drawn in the frame it is given.

import { memo, type PointerEvent, type ReactNode, type Ref, useMemo, useRef } from "react";
import { useDark } from "../ui/theme.ts";
import { colourAt, inks } from "./colour.ts";
import { contourPaths } from "./contourPaths.ts";
import { type Field, filled } from "./field.ts";
import { heatPaths } from "./heatPaths.ts";
import { labelPlaces } from "./labelPlaces.ts";
import { type LossScale, levelsOf, placeOn } from "./lossScale.ts";
import { type PlotAxis, placeOf, ticksOf, valueAt } from "./plotAxis.ts";
import { useWidth } from "./useWidth.ts";
import "./field.css";

type At = readonly [row: number, column: number];

export interface PlotPoint {
  readonly name: string;
  /** In the axes' units. */
  readonly at: At;
  /** A cross for an optimum, a dot for what else there is. */
  readonly mark?: "dot" | "cross";
}

/** Where the picture is within its svg, and how its axes lie there. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Pixels of a value: down from the svg's top for rows, from its left for columns. */
  readonly y: (row: number) => number;
  readonly x: (column: number) => number;
  /** The values under a pixel of the svg, kept within the axes. */
  readonly under: (x: number, y: number) => At;
}

interface Props {
  readonly label: string;
  readonly field: Field;
  readonly axes: readonly [rows: PlotAxis, columns: PlotAxis];
  readonly scale: LossScale | null;
  readonly points?: readonly PlotPoint[];
  /** Side of the picture at most, pixels. */
  readonly most?: number;
  readonly stale?: boolean;
  readonly svgRef?: Ref<SVGSVGElement>;
  readonly onHover?: (at: At | null) => void;
  readonly onPointerDown?: (event: PointerEvent<SVGSVGElement>, frame: Frame) => void;
  readonly onPointerMove?: (event: PointerEvent<SVGSVGElement>, frame: Frame) => void;
  readonly onPointerUp?: (event: PointerEvent<SVGSVGElement>) => void;
  readonly children?: (frame: Frame) => ReactNode;
  /** Elements of the page over the picture, that keys can reach; not in its file. */
  readonly over?: (frame: Frame) => ReactNode;
}

const margin = { left: 52, right: 10, top: 8, bottom: 40 };
const lines = 9;

export function FieldChart({ label, field, axes, scale, points = [], most = 420, stale, ...rest }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const dark = useDark();
  const side = Math.max(120, Math.min(most, width - margin.left - margin.right));
  const dense = useMemo(() => ({ ...field, values: filled(field) }), [field]);
  const frame = useMemo(() => frameOf(axes, side), [axes, side]);
  const place = (event: PointerEvent<SVGSVGElement>): At => {
    const box = event.currentTarget.getBoundingClientRect();
    return frame.under(event.clientX - box.left, event.clientY - box.top);
  };
  return (
    <div ref={holder} className="chart field-chart" data-stale={stale || undefined}>
      {width > 0 && (
        <svg
          ref={rest.svgRef}
          width={side + margin.left + margin.right}
          height={side + margin.top + margin.bottom}
          role="img"
          aria-label={label}
          onPointerDown={(event) => rest.onPointerDown?.(event, frame)}
          onPointerMove={(event) => {
            rest.onPointerMove?.(event, frame);
            rest.onHover?.(place(event));
          }}
          onPointerUp={rest.onPointerUp}
          onPointerLeave={() => rest.onHover?.(null)}
        >
          <rect
            className="field-ground"
            x={frame.left}
            y={frame.top}
            width={frame.width}
            height={frame.height}
          />
          {scale && <Heat field={dense} scale={scale} frame={frame} dark={dark} />}
          <Axes axes={axes} frame={frame} />
          <Points points={points} frame={frame} dark={dark} />
          {rest.children?.(frame)}
        </svg>
      )}
      {width > 0 && rest.over?.(frame)}
    </div>
  );
}

function frameOf([rows, columns]: Props["axes"], side: number): Frame {
  const [left, top] = [margin.left, margin.top];
  const [rowCount, columnCount] = [rows.values.length, columns.values.length];
  const [rowStep, columnStep] = [side / rowCount, side / columnCount];
  // A grid point is in the middle of its cell.
  return {
    left,
    top,
    width: side,
    height: side,
    y: (row) => top + side - (placeOf(rows, row) + 0.5) * rowStep,
    x: (column) => left + (placeOf(columns, column) + 0.5) * columnStep,
    under: (x, y) => [
      valueAt(rows, (top + side - y) / rowStep - 0.5),
      valueAt(columns, (x - left) / columnStep - 0.5),
    ],
  };
}

interface HeatProps {
  readonly field: Field;
  readonly scale: LossScale;
  readonly frame: Frame;
  readonly dark: boolean;
}

// Thousands of cells: drawn again when the field changes, not when a crosshair moves over them.
const Heat = memo(function Heat({ field, scale, frame, dark }: HeatProps) {
  const cells = useMemo(() => heatPaths(field, (value) => placeOn(scale, value)), [field, scale]);
  const contours = useMemo(
    () =>
      field.values[0] === undefined || hasGaps(field) ? [] : contourPaths(field, levelsOf(scale, lines)),
    [field, scale],
  );
  const fit = `translate(${frame.left} ${frame.top}) scale(${frame.width / field.columns} ${frame.height / field.rows})`;
  return (
    <g transform={fit}>
      {cells.map(({ place, d }) => (
        <path key={place} d={d} fill={colourAt(place, dark)} shapeRendering="crispEdges" />
      ))}
      {contours.map(({ level, d }) => (
        <path
          key={level}
          className="field-contour"
          d={d}
          stroke={placeOn(scale, level) > 0.5 ? inks(dark).surface : inks(dark).ink}
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </g>
  );
});

function hasGaps({ values }: Field): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

const Axes = memo(function Axes({ axes: [rows, columns], frame }: Pick<Props, "axes"> & { frame: Frame }) {
  const bottom = frame.top + frame.height;
  const few = Math.max(2, Math.floor(frame.width / 56));
  return (
    <g>
      {ticksOf(columns, few).map((value) => (
        <g key={value}>
          <path className="field-tick" d={`M${frame.x(value)} ${bottom}v4`} />
          <text className="chart-text" x={frame.x(value)} y={bottom + 16} textAnchor="middle">
            {tickText(value)}
          </text>
        </g>
      ))}
      {ticksOf(rows, few).map((value) => (
        <g key={value}>
          <path className="field-tick" d={`M${frame.left} ${frame.y(value)}h-4`} />
          <text className="chart-text" x={frame.left - 7} y={frame.y(value) + 4} textAnchor="end">
            {tickText(value)}
          </text>
        </g>
      ))}
      <text className="chart-text" x={frame.left + frame.width / 2} y={bottom + 34} textAnchor="middle">
        {shortened(columns.label, frame.width)}
      </text>
      <text
        className="chart-text"
        transform={`translate(12 ${frame.top + frame.height / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {shortened(rows.label, frame.height)}
      </text>
    </g>
  );
});

// About so many pixels a letter; an axis's name may be a little longer than its picture.
const letter = 5.8;

function shortened(text: string, room: number): string {
  const most = Math.floor((room + 40) / letter);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

const tickText = (value: number) => String(Number(value.toPrecision(4))).replace("-", "−");

function Points({ points, frame, dark }: Pick<Required<Props>, "points"> & { frame: Frame; dark: boolean }) {
  const placed = points.map(({ name, at, mark = "dot" }) => ({
    text: name,
    mark,
    x: clamp(frame.x(at[1]), frame.left, frame.left + frame.width),
    y: clamp(frame.y(at[0]), frame.top, frame.top + frame.height),
  }));
  const bounds = {
    left: frame.left,
    top: frame.top,
    right: frame.left + frame.width,
    bottom: frame.top + frame.height,
  };
  const labels = labelPlaces(placed, bounds);
  const { ink, surface } = inks(dark);
  return placed.map(({ text, mark, x, y }, i) => {
    const label = labels[i];
    return (
      <g key={text}>
        <title>{text}</title>
        {label && Math.hypot(label.x - x, label.y - y) > 30 && (
          <path
            className="field-leader"
            d={`M${x} ${y}L${label.x + (label.x < x ? 30 : 0)} ${label.y - 4}`}
            stroke={ink}
          />
        )}
        {mark === "cross" ? (
          <>
            <path className="field-cross" d={cross(x, y)} stroke={surface} strokeWidth={4} />
            <path className="field-cross" d={cross(x, y)} stroke={ink} strokeWidth={2} />
          </>
        ) : (
          <circle cx={x} cy={y} r={3.5} fill={ink} stroke={surface} strokeWidth={1.5} />
        )}
        {label && (
          <text className="field-name" x={label.x} y={label.y} fill={ink} stroke={surface}>
            {text}
          </text>
        )}
      </g>
    );
  });
}

const cross = (x: number, y: number) => `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`;
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
