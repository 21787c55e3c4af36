// Loss along one direction: a line for each network on the same axes, the loss logarithmic. Plain SVG.

import { type Ref, useRef } from "react";
import { useDark } from "../ui/theme.ts";
import { columnColour, inks } from "./colour.ts";
import { decadesOf, exponents, powerOfTen } from "./logAxis.ts";
import { type PlotAxis, placeOf, ticksOf } from "./plotAxis.ts";
import { useWidth } from "./useWidth.ts";
import "./field.css";

export interface Line {
  readonly name: string;
  /** Decides its colour; null for float. */
  readonly bits: number | null;
  readonly values: ArrayLike<number>;
}

interface Props {
  readonly label: string;
  readonly axis: PlotAxis;
  readonly lines: readonly Line[];
  readonly unit: string;
  /** Values of the axis to mark, with their names. */
  readonly marks: readonly { readonly at: number; readonly name: string }[];
  readonly stale?: boolean;
  readonly svgRef?: Ref<SVGSVGElement>;
}

const height = 280;
const margin = { left: 56, right: 88, top: 24, bottom: 40 };
const least = 1e-7;

export function LineChart({ label, axis, lines, unit, marks, stale, svgRef }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const width = Math.min(760, useWidth(holder));
  const dark = useDark();
  const known = lines.flatMap(({ values }) =>
    Array.from(values).filter((each) => each > 0 && Number.isFinite(each)),
  );
  const [low, high] = decadesOf(known.length ? known : [0.01, 1], least);
  const room = Math.max(80, width - margin.left - margin.right);
  const plot = height - margin.top - margin.bottom;
  const last = axis.values.length - 1 || 1;
  const x = (value: number) => margin.left + (placeOf(axis, value) / last) * room;
  const y = (value: number) =>
    margin.top + (1 - (Math.log10(Math.max(10 ** low, value)) - low) / (high - low)) * plot;
  const names = spread(
    lines.map(({ values }) => {
      const end = Array.from(values).findLast(Number.isFinite);
      return end === undefined ? margin.top : y(end);
    }),
  );
  return (
    <div ref={holder} className="chart field-chart line-chart" data-stale={stale || undefined}>
      {width > 0 && (
        <svg ref={svgRef} width={width} height={height} role="img" aria-label={label}>
          <text className="chart-text" x={margin.left - 8} y={12}>
            {unit}
          </text>
          {exponents(low, high, 5).map((exponent) => (
            <g key={exponent}>
              <path className="chart-rule" d={`M${margin.left} ${y(10 ** exponent)}h${room}`} />
              <text className="chart-text" x={margin.left - 8} y={y(10 ** exponent) + 4} textAnchor="end">
                {powerOfTen(exponent)}
              </text>
            </g>
          ))}
          {ticksOf(axis, 8).map((value) => (
            <text key={value} className="chart-text" x={x(value)} y={height - 22} textAnchor="middle">
              {String(value).replace("-", "−")}
            </text>
          ))}
          <text className="chart-text" x={margin.left + room / 2} y={height - 5} textAnchor="middle">
            {axis.label}
          </text>
          {marks.map(({ at, name }) => (
            <g key={name}>
              <path className="line-centre" d={`M${x(at)} ${margin.top}v${plot}`} />
              <text className="chart-text" x={x(at)} y={margin.top - 4} textAnchor="middle">
                {name}
              </text>
            </g>
          ))}
          {lines.map(({ name, bits, values }, i) => {
            const colour = bits === null ? inks(dark).ink : columnColour(bits, dark);
            return (
              <g key={name}>
                <path
                  d={pathOf(axis, values, x, y)}
                  stroke={colour}
                  strokeWidth={1.75}
                  {...(bits === null && { strokeDasharray: "5 3" })}
                />
                <text
                  className="chart-text"
                  x={margin.left + room + 8}
                  y={(names[i] as number) + 4}
                  fill={colour}
                >
                  {name}
                </text>
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}

function pathOf(
  axis: PlotAxis,
  values: ArrayLike<number>,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const points: string[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isFinite(value))
      points.push(`${x(axis.values[i] as number).toFixed(1)} ${y(value).toFixed(1)}`);
  }
  return points.length ? `M${points.join("L")}` : "";
}

/** Moves names apart that would lie over each other, downwards. */
function spread(places: readonly number[]): number[] {
  const order = places.map((_, i) => i).sort((i, j) => (places[i] as number) - (places[j] as number));
  const found = [...places];
  let last = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    last = Math.max(found[i] as number, last + 14);
    found[i] = last;
  }
  return found;
}
