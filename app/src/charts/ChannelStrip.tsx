// The range of each output channel, side by side: one wide channel among narrow ones is what per-tensor scales die of.

import type { HistogramReport } from "@bitscape/engine";
import { useRef } from "react";
import { formatCount, formatValue } from "../ui/numbers.ts";
import { useWidth } from "./useWidth.ts";

const height = 44;

export function ChannelStrip({ channels }: { readonly channels: NonNullable<HistogramReport["channels"]> }) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const { low, high } = channels;
  const count = low.length;
  const least = low.reduce((a, b) => Math.min(a, b), 0);
  const most = high.reduce((a, b) => Math.max(a, b), 0);
  const y = (value: number) => 1 + (1 - (value - least) / (most - least || 1)) * (height - 2);
  const step = width / count;
  const bar = Math.max(0.6, Math.min(10, step * 0.72));
  let path = "";
  for (let i = 0; i < count; i++) {
    path += `M${((i + 0.5) * step).toFixed(2)} ${y(low[i] as number).toFixed(1)}V${y(high[i] as number).toFixed(1)}`;
  }
  return (
    <div ref={holder} className="chart">
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Ranges of ${formatCount(count)} output channels, all within ${formatValue(least)} and ${formatValue(most)}`}
        >
          <line className="chart-zero" x1={0} x2={width} y1={y(0)} y2={y(0)} />
          <path className="chart-channels" d={path} style={{ strokeWidth: bar }} />
        </svg>
      )}
    </div>
  );
}
