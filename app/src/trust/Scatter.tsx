// Predicted against measured, a point a cell, both logarithmic: on the diagonal a prediction was right; above it, it
// promised more harm than there was. One path a column of the heatmap, so that thousands of points are drawn at once.

import { type PointerEvent, useMemo, useRef, useState } from "react";
import { columnColour } from "../charts/colour.ts";
import { decadesOf, exponents, powerOfTen } from "../charts/logAxis.ts";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { useWidth } from "../charts/useWidth.ts";
import { bitsName } from "../layers/words.ts";
import { storageBits } from "../state/edits.ts";
import type { Agreement, Compared } from "../state/sweep/agreement.ts";
import { csv } from "../ui/csv.ts";
import { formatCount, formatDivergence } from "../ui/numbers.ts";
import { useDark } from "../ui/theme.ts";

const floor = 1e-8;
const margin = { left: 56, right: 12, top: 8, bottom: 40 };
const radius = 3.2;
const near = 12;

interface Props {
  readonly agreement: Agreement;
  /** "KL, nats". */
  readonly unit: string;
  readonly estimator: string;
}

export function Scatter({ agreement, unit, estimator }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const width = useWidth(holder);
  const dark = useDark();
  const [hovered, setHovered] = useState<Compared | null>(null);
  const { points, columns } = agreement;
  const side = Math.max(120, Math.min(width - margin.left - margin.right, 400));
  const [low, high] = useMemo(
    () =>
      decadesOf(
        points.flatMap(({ predicted, measured }) => [predicted, measured]),
        floor,
      ),
    [points],
  );
  const share = (value: number) => (Math.log10(Math.max(floor, value)) - low) / (high - low);
  const x = ({ measured }: Compared) => margin.left + share(measured) * side;
  const y = ({ predicted }: Compared) => margin.top + (1 - share(predicted)) * side;
  const groups = columns.map(({ target, bits }) => ({
    key: `${target}|${bits}`,
    target,
    colour: columnColour(storageBits(bits), dark),
    path: points
      .filter((point) => point.target === target && point.bits === bits)
      .map((point) => mark(x(point), y(point), typeof bits === "string"))
      .join(""),
  }));

  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    let [best, nearest] = [near * near, null as Compared | null];
    for (const point of points) {
      const distance = (x(point) - left) ** 2 + (y(point) - top) ** 2;
      if (distance < best) [best, nearest] = [distance, point];
    }
    setHovered(nearest);
  };

  return (
    <figure className="scatter" ref={holder} aria-label="Predicted against measured">
      {width > 0 && (
        <svg
          ref={svg}
          width={side + margin.left + margin.right}
          height={side + margin.top + margin.bottom}
          role="img"
          aria-label={`${points.length} cells, predicted against measured; the table beside it has their rank correlations`}
          onPointerMove={onPointerMove}
          onPointerLeave={() => setHovered(null)}
        >
          {exponents(low, high, 8).map((exponent) => {
            const at = share(10 ** exponent) * side;
            return (
              <g key={exponent}>
                <path
                  className="scatter-grid"
                  d={`M${margin.left + at} ${margin.top}v${side}M${margin.left} ${margin.top + side - at}h${side}`}
                />
                <text
                  className="chart-text"
                  x={margin.left + at}
                  y={margin.top + side + 16}
                  textAnchor="middle"
                >
                  {powerOfTen(exponent)}
                </text>
                <text
                  className="chart-text"
                  x={margin.left - 6}
                  y={margin.top + side - at + 4}
                  textAnchor="end"
                >
                  {powerOfTen(exponent)}
                </text>
              </g>
            );
          })}
          <path
            className="scatter-diagonal"
            d={`M${margin.left} ${margin.top + side}L${margin.left + side} ${margin.top}`}
          />
          {groups.map(({ key, target, colour, path }) => (
            <path
              key={key}
              d={path}
              {...(target === "weight"
                ? { fill: colour, fillOpacity: 0.85 }
                : { fill: "none", stroke: colour, strokeWidth: 1.5 })}
            />
          ))}
          {hovered && (
            <circle
              data-handle=""
              className="scatter-hovered"
              cx={x(hovered)}
              cy={y(hovered)}
              r={radius + 3}
            />
          )}
          <text
            className="chart-text"
            x={margin.left + side / 2}
            y={margin.top + side + 34}
            textAnchor="middle"
          >
            measured, {unit}
          </text>
          <text
            className="chart-text"
            transform={`translate(12 ${margin.top + side / 2}) rotate(-90)`}
            textAnchor="middle"
          >
            predicted ({estimator}), {unit}
          </text>
        </svg>
      )}
      <figcaption className="figure-foot">
        <p className="scatter-caption">
          {hovered ? (
            <>
              <strong>{hovered.layer}</strong>, {hovered.target}, {bitsName(hovered)}: predicted{" "}
              {formatDivergence(hovered.predicted)}, measured {formatDivergence(hovered.measured)}
            </>
          ) : (
            "Filled: weights; rings: activations; diamonds: other formats than integers. On the dashed line, predictions are right."
          )}
        </p>
        <SaveMenu
          label="Save predicted against measured"
          name="predicted-against-measured"
          title="Loss of each cell of the heatmap, predicted against measured"
          source={`${formatCount(points.length)} cells, ${estimator}; filled weights, rings activations, diamonds other formats`}
          picture={() => svg.current}
          csv={() => pointsCsv(points)}
        />
      </figcaption>
    </figure>
  );
}

const pointsCsv = (points: Agreement["points"]) =>
  csv([
    ["layer", "tensor", "bits", "predicted", "measured"],
    ...points.map(({ layer, target, bits, predicted, measured }) => [
      layer,
      target,
      bits,
      predicted,
      measured,
    ]),
  ]);

const mark = (x: number, y: number, diamond: boolean) =>
  diamond
    ? `M${(x - radius - 0.8).toFixed(1)} ${y.toFixed(1)}l4 -4 4 4 -4 4z`
    : `M${(x - radius).toFixed(1)} ${y.toFixed(1)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
