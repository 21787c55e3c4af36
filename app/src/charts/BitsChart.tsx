// What each bit-width costs one layer: divergence against bits, with 95 % intervals. Plain SVG: it is drawn anew with every
// handful of cells that arrive, which a charting library takes a tenth of a second for.

import type { Finding } from "@bitscape/engine";
import { type PointerEvent, useRef, useState } from "react";
import { formatDivergenceFinding } from "../ui/numbers.ts";
import { decadesOf, exponents, powerOfTen } from "./logAxis.ts";
import { useWidth } from "./useWidth.ts";
import "./charts.css";

export interface BitsPoint {
  /** Bits that a value takes. */
  readonly bits: number;
  /** Of a format that is no integer: it stands beside the line through the integers. */
  readonly name: string | null;
  readonly weight?: Finding;
  readonly activation?: Finding;
}

type Series = "weight" | "activation";

interface Props {
  readonly points: readonly BitsPoint[];
  /** Bits of the present choice; null where it is floating point. */
  readonly chosen: number | null;
  readonly unit: string;
}

const least = 1e-7;
const height = 152;
const margin = { left: 44, right: 12, top: 20, bottom: 32 };
const plot = height - margin.top - margin.bottom;

export function BitsChart({ points, chosen, unit }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const [hovered, setHovered] = useState<number | null>(null);
  const shown = points.filter(({ weight, activation }) => weight || activation);
  const values = shown.flatMap(({ weight, activation }) => [...plotted(weight), ...plotted(activation)]);
  const [low, high] = decadesOf([...values, 0.01, 0.1], least);
  const widths = points.map(({ bits }) => bits);
  const [narrowest, widest] = [Math.min(2, ...widths), Math.max(8, ...widths)];
  const room = width - margin.left - margin.right;
  const x = (bits: number) => margin.left + ((bits - narrowest) / (widest - narrowest)) * room;
  const y = (value: number) =>
    margin.top +
    (1 - (Math.log10(Math.min(10 ** high, Math.max(10 ** low, value))) - low) / (high - low)) * plot;
  const ticks = [...new Set(points.filter(({ name }) => name === null).map(({ bits }) => bits))];

  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const near = widths.reduce(
      (best, bits) => (Math.abs(x(bits) - at) < Math.abs(x(best) - at) ? bits : best),
      widths[0] ?? 0,
    );
    setHovered(near);
  };
  return (
    <div ref={holder} className="chart bits-chart">
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={wordsOf(shown, unit)}
          onPointerMove={onPointerMove}
          onPointerLeave={() => setHovered(null)}
        >
          <text className="chart-text" x={margin.left - 6} y={10} textAnchor="middle">
            {unit}
          </text>
          {exponents(low, high, 4).map((exponent) => (
            <g key={exponent}>
              <path className="chart-rule" d={`M${margin.left} ${y(10 ** exponent)}h${room}`} />
              <text className="chart-text" x={margin.left - 6} y={y(10 ** exponent) + 4} textAnchor="end">
                {powerOfTen(exponent)}
              </text>
            </g>
          ))}
          {ticks.map((bits) => (
            <text key={bits} className="chart-text" x={x(bits)} y={height - 18} textAnchor="middle">
              {bits}
            </text>
          ))}
          <text className="chart-text" x={margin.left + room / 2} y={height - 4} textAnchor="middle">
            bits
          </text>
          {chosen !== null && <path className="chart-chosen" d={`M${x(chosen)} ${margin.top}v${plot}`} />}
          {(["activation", "weight"] as const).map((series) => (
            <Drawn key={series} series={series} points={shown} x={x} y={y} />
          ))}
        </svg>
      )}
      {hovered !== null && (
        <div
          className="tip bits-tip"
          aria-hidden="true"
          style={{ left: Math.max(60, Math.min(width - 110, x(hovered))) }}
        >
          {shown
            .filter(({ bits }) => bits === hovered)
            .map(({ bits, name, weight, activation }) => (
              <div key={name ?? bits}>
                <strong>{name ?? `${bits} bits`}</strong>
                {weight && <div>weights {described(weight)}</div>}
                {activation && <div>activations {described(activation)}</div>}
              </div>
            ))}
        </div>
      )}
    </div>
  );
}

interface DrawnProps {
  readonly series: Series;
  readonly points: readonly BitsPoint[];
  readonly x: (bits: number) => number;
  readonly y: (value: number) => number;
}

/** One series: a line through the integers, a dot each, a diamond for every other format; hollow where predicted. */
function Drawn({ series, points, x, y }: DrawnProps) {
  const found = points.flatMap(({ bits, name, [series]: finding }) => {
    const [value] = plotted(finding);
    return finding && value !== undefined ? [{ bits, name, finding, left: x(bits), top: y(value) }] : [];
  });
  const line = found.filter(({ name }) => name === null).map(({ left, top }) => `${left} ${top}`);
  return (
    <g className="bits-series" data-of={series}>
      {line.length > 1 && <path className="bits-line" d={`M${line.join("L")}`} />}
      <path className="bits-intervals" d={found.map((point) => interval(point, y)).join("")} />
      {found.map(({ bits, name, finding, left, top }) => (
        <path
          key={name ?? bits}
          className="bits-dot"
          data-source={finding.source}
          d={name === null ? circle(left, top, 3) : diamond(left, top, 4.5)}
        />
      ))}
    </g>
  );
}

function interval(
  { finding, left }: { finding: Finding; left: number },
  y: (value: number) => number,
): string {
  const { low, high } = finding;
  if (!Number.isFinite(high) || !Number.isFinite(low)) return "";
  const [top, bottom] = [y(Math.max(least, high)), y(Math.max(least, low))];
  return `M${left - 3} ${top}h6m-3 0V${bottom}m-3 0h6`;
}

const circle = (x: number, y: number, r: number) =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;

const diamond = (x: number, y: number, r: number) => `M${x - r} ${y}l${r} ${-r} ${r} ${r} ${-r} ${r}z`;

/** A logarithmic axis has no zero: what noise takes below the least is drawn at it. */
const plotted = (finding: Finding | undefined) =>
  finding && Number.isFinite(finding.value) ? [Math.max(least, finding.value)] : [];

const described = (finding: Finding) => `${formatDivergenceFinding(finding)}, ${finding.source}`;

function wordsOf(points: readonly BitsPoint[], unit: string): string {
  const parts = points.flatMap(({ bits, name, weight, activation }) => {
    const at = name ?? `${bits} bits`;
    return [
      ...(weight ? [`weights at ${at} ${formatDivergenceFinding(weight)}`] : []),
      ...(activation ? [`activations at ${at} ${formatDivergenceFinding(activation)}`] : []),
    ];
  });
  return `${parts.join("; ")} (${unit})`;
}
