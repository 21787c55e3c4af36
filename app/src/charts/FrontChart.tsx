// Size against loss, both logarithmic: the front of predictions, uniform recipes, what was measured, the recipe at hand and
// what a moving slider has drafted. Plain SVG: the draft's mark moves at every frame, which a charting library cannot follow.

import { type ComponentType, memo, type PointerEvent, useMemo, useRef, useState } from "react";
import { formatBytes, formatDivergence } from "../ui/numbers.ts";
import { decadesOf, exponents, powerOfTen } from "./logAxis.ts";
import { useWidth } from "./useWidth.ts";
import "./charts.css";
import "./front.css";

export interface FrontMark {
  readonly bytes: number;
  readonly value: number;
}

export interface NamedMark extends FrontMark {
  readonly name: string;
}

interface Props {
  readonly front: readonly FrontMark[];
  readonly uniform: readonly NamedMark[];
  /** Joint recipes that were measured. */
  readonly measured: readonly FrontMark[];
  /** The recipe at hand, as predicted. */
  readonly own: FrontMark | null;
  /** What moves with a slider; it asks for its own marks, so that nothing else is drawn with them. */
  readonly moving: ComponentType<{ readonly scale: FrontScale }>;
  readonly unit: string;
  readonly onPick: (point: FrontMark) => void;
}

const height = 150;
const margin = { left: 44, right: 12, top: 18, bottom: 30 };
const plotHeight = height - margin.top - margin.bottom;
const least = 1e-7;

export function FrontChart({ own, moving: Moving, onPick, ...still }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const [near, setNear] = useState<FrontMark | null>(null);
  const { front, uniform, measured, unit } = still;
  const scale = useMemo(
    () => scaleOf([...front, ...uniform, ...measured], width),
    [front, uniform, measured, width],
  );
  const nearest = (event: PointerEvent<SVGSVGElement>): FrontMark | null => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return front.reduce<FrontMark | null>(
      (best, point) =>
        !best || Math.abs(scale.x(point.bytes) - at) < Math.abs(scale.x(best.bytes) - at) ? point : best,
      null,
    );
  };
  return (
    <div ref={holder} className="chart front-chart">
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={wordsOf(front, uniform, measured, unit)}
          onPointerMove={(event) => setNear(nearest(event))}
          onPointerLeave={() => setNear(null)}
          onPointerUp={(event) => {
            const point = nearest(event);
            if (point) onPick(point);
          }}
        >
          <Still {...still} scale={scale} width={width} />
          {near && <circle className="front-near" cx={scale.x(near.bytes)} cy={scale.y(near.value)} r={4} />}
          {own && <circle className="front-own" cx={scale.x(own.bytes)} cy={scale.y(own.value)} r={5.5} />}
          <Moving scale={scale} />
        </svg>
      )}
      {near && (
        <div
          className="tip front-tip"
          aria-hidden="true"
          style={{ left: Math.max(70, Math.min(width - 70, scale.x(near.bytes))) }}
        >
          {formatBytes(near.bytes)}: {formatDivergence(near.value)} predicted
        </div>
      )}
    </div>
  );
}

/** A size that may not be exceeded. */
export const LimitMark = ({ bytes, scale }: { readonly bytes: number; readonly scale: FrontScale }) => (
  <path className="front-limit" d={`M${scale.x(bytes)} ${margin.top}v${plotHeight}`} />
);

/** What a slider has drafted. */
export const DraftMark = ({ bytes, value, scale }: FrontMark & { readonly scale: FrontScale }) => (
  <path className="front-draft" d={diamond(scale.x(bytes), scale.y(value), 6)} />
);

export interface FrontScale {
  readonly x: (bytes: number) => number;
  readonly y: (value: number) => number;
  readonly bytes: readonly number[];
  readonly decades: readonly number[];
}

function scaleOf(marks: readonly FrontMark[], width: number): FrontScale {
  const sizes = marks.map(({ bytes }) => bytes);
  const [from, to] = [Math.min(...sizes, 1e12) / 1.04, Math.max(...sizes, 1) * 1.04];
  const values = marks.map(({ value }) => value).filter((value) => value > 0);
  const [low, high] = decadesOf(values.length > 0 ? values : [0.01], least);
  const room = Math.max(1, width - margin.left - margin.right);
  const clamp = (place: number) => Math.min(1, Math.max(0, place));
  return {
    x: (bytes) => margin.left + clamp(Math.log(bytes / from) / Math.log(to / from)) * room,
    y: (value) =>
      margin.top + (1 - clamp((Math.log10(Math.max(10 ** low, value)) - low) / (high - low))) * plotHeight,
    bytes: roundSizes(from, to),
    decades: exponents(low, high, 4),
  };
}

/** Sizes to write at the axis: 1, 2, 5 of every decade. */
function roundSizes(from: number, to: number): number[] {
  const found: number[] = [];
  for (let decade = 10 ** Math.floor(Math.log10(from)); decade <= to; decade *= 10)
    for (const digit of [1, 2, 5])
      if (digit * decade >= from && digit * decade <= to) found.push(digit * decade);
  return found;
}

interface StillProps extends Pick<Props, "front" | "uniform" | "measured" | "unit"> {
  readonly scale: FrontScale;
  readonly width: number;
}

/** All that does not move with the slider. */
const Still = memo(function Still({ front, uniform, measured, unit, scale, width }: StillProps) {
  const { x, y } = scale;
  const line = front.map(({ bytes, value }) => `${x(bytes).toFixed(1)} ${y(value).toFixed(1)}`);
  return (
    <g>
      <text className="chart-text" x={margin.left - 6} y={10} textAnchor="middle">
        {unit}
      </text>
      {scale.decades.map((exponent) => (
        <g key={exponent}>
          <path className="chart-rule" d={`M${margin.left} ${y(10 ** exponent)}H${width - margin.right}`} />
          <text className="chart-text" x={margin.left - 6} y={y(10 ** exponent) + 4} textAnchor="end">
            {powerOfTen(exponent)}
          </text>
        </g>
      ))}
      {scale.bytes.map((bytes) => (
        <text key={bytes} className="chart-text" x={x(bytes)} y={height - 16} textAnchor="middle">
          {formatBytes(bytes).replace(/\.0+ /, " ")}
        </text>
      ))}
      <text
        className="chart-text"
        x={(margin.left + width - margin.right) / 2}
        y={height - 3}
        textAnchor="middle"
      >
        size of the file
      </text>
      {line.length > 1 && <path className="front-line" d={`M${line.join("L")}`} />}
      {uniform.map(({ name, bytes, value }) => (
        <g key={name}>
          <path className="front-uniform" d={square(x(bytes), y(value), 3.5)} />
          <text className="chart-text" x={x(bytes) + 7} y={y(value) - 5}>
            {name}
          </text>
        </g>
      ))}
      {measured.map(({ bytes, value }) => (
        <circle key={`${bytes} ${value}`} className="front-measured" cx={x(bytes)} cy={y(value)} r={3} />
      ))}
    </g>
  );
});

const diamond = (x: number, y: number, r: number) => `M${x - r} ${y}l${r} ${-r} ${r} ${r} ${-r} ${r}z`;
const square = (x: number, y: number, r: number) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`;

function wordsOf(
  front: readonly FrontMark[],
  uniform: readonly NamedMark[],
  measured: readonly FrontMark[],
  unit: string,
): string {
  const said = ({ bytes, value }: FrontMark) => `${formatDivergence(value)} in ${formatBytes(bytes)}`;
  const [smallest, largest] = [front[0], front.at(-1)];
  const ends = smallest && largest ? `from ${said(smallest)} to ${said(largest)}` : "not known yet";
  const others = uniform.map((mark) => `uniform ${mark.name} bits ${said(mark)}`);
  return `Front of size and predicted loss (${unit}) ${[ends, ...others].join("; ")}; ${measured.length} recipes measured`;
}
