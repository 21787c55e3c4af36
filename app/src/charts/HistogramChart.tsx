// A histogram with the grid that the scheme can represent and the range beyond which values are clipped.

import type { HistogramReport } from "@bitscape/engine";
import { useRef } from "react";
import { formatCount, formatValue } from "../ui/numbers.ts";
import { useWidth } from "./useWidth.ts";
import "./charts.css";

const height = 104;
const axis = 30;

export function HistogramChart({
  report,
  label,
}: {
  readonly report: HistogramReport;
  readonly label: string;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const { from, width: bin, counts, grid, low, high } = report;
  const quantized = grid.length > 0;
  const left = Math.min(from, quantized ? low : from);
  const right = Math.max(from + bin * counts.length, quantized ? high : from);
  const x = (value: number) => ((value - left) / (right - left || 1)) * width;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const outside = quantized ? shareOutside(report, total) : 0;
  const words = `${label}: ${formatCount(total)} values from ${formatValue(report.min)} to ${formatValue(report.max)}${
    quantized
      ? `, ${grid.length} grid values from ${formatValue(low)} to ${formatValue(high)}, ${percentWords(outside)} clipped`
      : ", not quantized"
  }`;
  return (
    <div ref={holder} className="chart histogram">
      {width > 0 && (
        <svg width={width} height={height + axis} role="img" aria-label={words}>
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
          <path className="chart-bars" d={bars(report, x)} />
          <line className="chart-axis" x1={0} x2={width} y1={height} y2={height} />
          {left < 0 && right > 0 && <line className="chart-zero" x1={x(0)} x2={x(0)} y1={0} y2={height} />}
          <path className="chart-grid" data-dense={grid.length > 64 || undefined} d={ticks(grid, x)} />
          {quantized && (
            <path className="chart-limits" d={`M${x(low)} 0V${height + 8}M${x(high)} 0V${height + 8}`} />
          )}
          <text className="chart-text" x={0} y={height + 24}>
            {formatValue(report.min)}
          </text>
          {left < 0 && right > 0 && Math.abs(x(0) - width / 2) < width / 2 - 48 && (
            <text className="chart-text" x={x(0)} y={height + 24} textAnchor="middle">
              0
            </text>
          )}
          <text className="chart-text" x={width} y={height + 24} textAnchor="end">
            {formatValue(report.max)}
          </text>
        </svg>
      )}
    </div>
  );
}

/** Counts on a logarithmic scale, so that the few far-out values that decide the range are seen. */
function bars({ from, width: bin, counts }: HistogramReport, x: (value: number) => number): string {
  const most = Math.log1p(counts.reduce((a, b) => Math.max(a, b), 0)) || 1;
  let path = `M${x(from)} ${height}`;
  counts.forEach((count, i) => {
    const y = height - (Math.log1p(count) / most) * (height - 4);
    path += `V${y.toFixed(1)}H${x(from + (i + 1) * bin).toFixed(1)}`;
  });
  return `${path}V${height}Z`;
}

function ticks(grid: Float64Array, x: (value: number) => number): string {
  let path = "";
  for (const value of grid) path += `M${x(value).toFixed(1)} ${height + 1}v7`;
  return path;
}

function shareOutside({ from, width: bin, counts, low, high }: HistogramReport, total: number): number {
  let outside = 0;
  counts.forEach((count, i) => {
    const middle = from + (i + 0.5) * bin;
    if (middle < low || middle > high) outside += count;
  });
  return total ? outside / total : 0;
}

const percentWords = (share: number) =>
  share === 0 ? "none" : share < 0.0001 ? "under 0.01 %" : `${(100 * share).toPrecision(2)} %`;
