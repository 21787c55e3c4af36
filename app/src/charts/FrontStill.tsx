// All of the front's chart that does not move with the slider: axes, the front, uniform recipes, what was measured.

import { memo } from "react";
import { formatBytes } from "../ui/numbers.ts";
import { type FrontMark, type FrontScale, height, margin } from "./frontScale.ts";
import type { NamedMark } from "./frontStops.ts";
import { labelPlaces } from "./labelPlaces.ts";
import { powerOfTen } from "./logAxis.ts";

interface Props {
  readonly front: readonly FrontMark[];
  readonly uniform: readonly NamedMark[];
  /** Joint recipes that were measured. */
  readonly measured: readonly FrontMark[];
  readonly unit: string;
  readonly scale: FrontScale;
  readonly width: number;
}

export const FrontStill = memo(function FrontStill({ front, uniform, measured, unit, scale, width }: Props) {
  const { x, y } = scale;
  const places = labelPlaces(
    uniform.map(({ name, bytes, value }) => ({ x: x(bytes), y: y(value), text: name })),
    { left: margin.left, top: 0, right: width, bottom: height - margin.bottom },
  );
  const line = front.map(({ bytes, value }) => `${x(bytes).toFixed(1)} ${y(value).toFixed(1)}`);
  return (
    <g>
      <text className="chart-text" x={0} y={10}>
        {axisWords[unit] ?? unit}
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
        <g key={bytes}>
          <path className="chart-rule" d={`M${x(bytes)} ${height - margin.bottom}v4`} />
          <text className="chart-text" x={x(bytes)} y={height - 3} textAnchor="middle">
            {formatBytes(bytes).replace(/\.0+ /, " ")}
          </text>
        </g>
      ))}
      {line.length > 1 && <path className="front-line" d={`M${line.join("L")}`} />}
      {uniform.map(({ name, bytes, value, allowed }, i) => (
        <g key={name} data-against={allowed ? undefined : ""} className="front-named">
          <path className="front-uniform" d={square(x(bytes), y(value), 3.5)} />
          {places[i] && (
            <text className="chart-text" x={places[i].x} y={places[i].y}>
              {name}
            </text>
          )}
        </g>
      ))}
      {measured.map(({ bytes, value }) => (
        <circle key={`${bytes} ${value}`} className="front-measured" cx={x(bytes)} cy={y(value)} r={3} />
      ))}
    </g>
  );
});

/** What is written at the axis; a point's own words are shorter. */
const axisWords: Readonly<Record<string, string>> = { KL: "KL, nats", MSE: "relative error" };

const square = (x: number, y: number, r: number) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`;
