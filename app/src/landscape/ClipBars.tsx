// The clips before and after, a row a tensor: bars as shares of max-abs, and the same as numbers.

import type { OptimizeReport } from "@bitscape/engine";
import { useRef } from "react";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { useWidth } from "../charts/useWidth.ts";
import { tensorKey, tensorName } from "../state/landscape/tensors.ts";
import { clipsCsv } from "./csv.ts";

interface Props {
  readonly report: OptimizeReport;
  readonly stale: boolean;
}

const rowHeight = 28;
/** Pixels: names on the left and the longest bar, where there is room; figures on the right. */
const [names, bars, figures] = [220, 320, 92];

export function ClipBars({ report, stale }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const holder = useRef<HTMLDivElement>(null);
  const room = useWidth(holder);
  const barsLeft = Math.min(names, Math.round(0.4 * room));
  const barsWidth = Math.max(48, Math.min(bars, room - barsLeft - figures));
  const width = barsLeft + barsWidth + figures;
  const { of, before, after } = report;
  const most = Math.max(1, ...before, ...after);
  const length = (clip: number) => (Math.max(0, clip) / most) * barsWidth;
  const height = 24 + of.length * rowHeight;
  return (
    <figure className="landscape-picture clip-bars" data-wide="" aria-label="Clips before and after">
      <h3>Clips before and after, as shares of max-abs</h3>
      <div ref={holder} className="field-chart" data-stale={stale || undefined}>
        <svg ref={svg} width={width} height={height} role="img" aria-label={wordsOf(report)}>
          <rect className="clip-before" x={barsLeft} y={4} width={16} height={6} />
          <text className="chart-text" x={barsLeft + 22} y={11}>
            before
          </text>
          <rect className="clip-after" x={barsLeft + 80} y={4} width={16} height={6} />
          <text className="chart-text" x={barsLeft + 102} y={11}>
            after
          </text>
          {of.map((tensor, i) => {
            const top = 24 + i * rowHeight;
            const [from, to] = [before[i] as number, after[i] as number];
            return (
              <g key={tensorKey(tensor)}>
                <text className="clip-name" x={barsLeft - 10} y={top + 14} textAnchor="end">
                  {short(tensorName(tensor), Math.floor(barsLeft / 6.5))}
                </text>
                <rect className="clip-before" x={barsLeft} y={top + 2} width={length(from)} height={7} />
                <rect className="clip-after" x={barsLeft} y={top + 11} width={length(to)} height={7} />
                <text
                  className="chart-text"
                  x={barsLeft + Math.max(length(from), length(to)) + 6}
                  y={top + 14}
                >
                  {from.toFixed(2)} → {to.toFixed(2)}
                </text>
              </g>
            );
          })}
          <path className="line-centre" d={`M${barsLeft + length(1)} 18V${height}`} />
        </svg>
      </div>
      <figcaption className="landscape-caption">
        <span className="quiet">The dashed line is max-abs: nothing cut.</span>
        <SaveMenu
          label="Save the clips"
          name="clips-before-after"
          title="Clips before and after, as shares of max-abs"
          source={`chosen jointly (LAPQ), calibration n=${report.loss.n}`}
          picture={() => svg.current}
          csv={() => clipsCsv(report)}
        />
      </figcaption>
    </figure>
  );
}

const short = (name: string, longest: number) =>
  name.length > longest ? `…${name.slice(1 - longest)}` : name;

const wordsOf = ({ of, before, after }: OptimizeReport) =>
  of
    .map((tensor, i) => `${tensorName(tensor)} ${before[i]?.toPrecision(3)} to ${after[i]?.toPrecision(3)}`)
    .join("; ");
