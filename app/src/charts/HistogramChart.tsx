// A histogram with the grid that the scheme can represent and the range beyond which values are clipped; one channel of it
// drawn over the whole. The ends of the range can be given handles (ClipHandle.tsx).

import type { ChannelReport, HistogramReport } from "@bitscape/engine";
import { type ReactNode, useRef } from "react";
import { formatCount, formatShare, formatValue } from "../ui/numbers.ts";
import { useWidth } from "./useWidth.ts";
import { type Axis, axisOf } from "./valueAxis.ts";
import "./charts.css";

const height = 88;
const foot = 24;

interface Props {
  readonly report: HistogramReport;
  readonly label: string;
  /** Values that the picture spans; those of the report where absent. */
  readonly span?: Pick<Axis, "from" | "to">;
  /** What lies over the picture, given its axis. */
  readonly children?: (axis: Axis) => ReactNode;
}

export function HistogramChart({ report, label, span, children }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const { channel, sqnrDb } = report;
  const quantized = sqnrDb !== null;
  const axis = axisOf(span ?? spanOf(report), width);
  const { x, from, to } = axis;
  const { grid, low, high } = channel ?? report;
  const counts = channel ? "" : `${formatCount(report.counts.reduce((a, b) => a + b, 0))} values `;
  return (
    <div ref={holder} className="chart histogram">
      {width > 0 && (
        <svg
          width={width}
          height={height + foot}
          role="img"
          aria-label={`${label}: ${counts}from ${formatValue(report.min)} to ${formatValue(report.max)}${rangeWords(report)}`}
        >
          {quantized && (
            <>
              <rect className="chart-clipped" x={0} y={0} width={Math.max(0, x(low))} height={height} />
              <rect
                className="chart-clipped"
                x={x(high)}
                y={0}
                width={Math.max(0, width - x(high))}
                height={height}
              />
            </>
          )}
          <path className="chart-bars" data-behind={channel ? "" : undefined} d={bars(report, report, x)} />
          {channel && <path className="chart-bars" data-one="" d={bars(report, channel, x)} />}
          <line className="chart-axis" x1={0} x2={width} y1={height} y2={height} />
          {from < 0 && to > 0 && <line className="chart-zero" x1={x(0)} x2={x(0)} y1={0} y2={height} />}
          <path className="chart-grid" data-dense={grid.length > 64 || undefined} d={ticks(grid, x)} />
          {quantized && (
            <path className="chart-limits" d={`M${x(low)} 0V${height + 8}M${x(high)} 0V${height + 8}`} />
          )}
          <text className="chart-text" x={Math.max(0, x(report.min))} y={height + 20}>
            {formatValue(report.min)}
          </text>
          {from < 0 && to > 0 && Math.abs(x(0) - width / 2) < width / 2 - 56 && (
            <text className="chart-text" x={x(0)} y={height + 20} textAnchor="middle">
              0
            </text>
          )}
          <text className="chart-text" x={Math.min(width, x(report.max))} y={height + 20} textAnchor="end">
            {formatValue(report.max)}
          </text>
        </svg>
      )}
      {width > 0 && children && (
        <div className="chart-over" style={{ height: height + 8 }}>
          {children(axis)}
        </div>
      )}
    </div>
  );
}

/** All values and the whole range, with some room on both sides. */
export function spanOf({
  from,
  width,
  counts,
  low,
  high,
  sqnrDb,
}: HistogramReport): Pick<Axis, "from" | "to"> {
  const quantized = sqnrDb !== null;
  const [least, most] = [
    Math.min(from, quantized ? low : from),
    Math.max(from + width * counts.length, quantized ? high : from),
  ];
  const room = 0.04 * (most - least || 1);
  return { from: least - room, to: most + room };
}

function rangeWords({ grid, low, high, clipped, sqnrDb, channel }: HistogramReport): string {
  if (sqnrDb === null) return ", not quantized";
  const values = grid.length > 0 ? `${grid.length} grid values` : "a grid";
  const lost = clipped === null ? "" : `, ${formatShare(clipped)} clipped`;
  const one = channel
    ? `; channel ${channel.index} from ${formatValue(channel.min)} to ${formatValue(channel.max)}, its grid from ${formatValue(channel.low)} to ${formatValue(channel.high)}`
    : "";
  return `, ${values} from ${formatValue(low)} to ${formatValue(high)}${lost}${one}`;
}

/** Counts on a logarithmic scale, so that the few far-out values that decide the range are seen. */
function bars(
  { from, width: bin }: HistogramReport,
  { counts }: Pick<HistogramReport | ChannelReport, "counts">,
  x: Axis["x"],
): string {
  const most = Math.log1p(counts.reduce((a, b) => Math.max(a, b), 0)) || 1;
  let path = `M${x(from)} ${height}`;
  counts.forEach((count, i) => {
    const y = height - (Math.log1p(count) / most) * (height - 4);
    path += `V${y.toFixed(1)}H${x(from + (i + 1) * bin).toFixed(1)}`;
  });
  return `${path}V${height}Z`;
}

function ticks(grid: Float64Array, x: Axis["x"]): string {
  let path = "";
  for (const value of grid) path += `M${x(value).toFixed(1)} ${height + 1}v7`;
  return path;
}
