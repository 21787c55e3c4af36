// The range of each output channel, side by side: one wide channel among narrow ones is what per-tensor scales die of. Those
// that stand out are marked; one can be picked by pointer or keys.

import type { ChannelCheck, HistogramReport } from "@bitscape/engine";
import { type KeyboardEvent, useRef } from "react";
import { formatCount, formatValue } from "../ui/numbers.ts";
import { channelWords, nextChannel } from "./channels.ts";
import { useWidth } from "./useWidth.ts";

const height = 36;

interface Props {
  readonly channels: NonNullable<HistogramReport["channels"]>;
  readonly check: ChannelCheck;
  /** Null where none is picked. */
  readonly picked: number | null;
  readonly onPick: (channel: number | null) => void;
}

export function ChannelStrip({ channels: { low, high }, check, picked, onPick }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const count = low.length;
  const least = low.reduce((a, b) => Math.min(a, b), 0);
  const most = high.reduce((a, b) => Math.max(a, b), 0);
  const y = (value: number) => 1 + (1 - (value - least) / (most - least || 1)) * (height - 2);
  const step = width / count;
  const bar = Math.max(0.6, Math.min(10, step * 0.72));
  const centre = (channel: number) => (channel + 0.5) * step;
  const drawn = (chosen: Iterable<number>) => {
    let path = "";
    for (const i of chosen) {
      path += `M${centre(i).toFixed(2)} ${y(low[i] as number).toFixed(1)}V${y(high[i] as number).toFixed(1)}`;
    }
    return path;
  };
  const outliers = new Set(check.outliers);
  const usual = [...low.keys()].filter((i) => !outliers.has(i));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && picked !== null) {
      event.stopPropagation();
      return onPick(null);
    }
    const to = nextChannel(event.key, picked, count, check.outliers);
    if (to === undefined) return;
    event.preventDefault();
    onPick(to);
  };
  return (
    <div
      ref={holder}
      className="chart channel-strip"
      role="slider"
      tabIndex={0}
      aria-label="Output channel"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={count - 1}
      aria-valuenow={picked ?? 0}
      aria-valuetext={
        picked === null
          ? `none of ${formatCount(count)} picked, all within ${formatValue(least)} and ${formatValue(most)}`
          : channelWords(picked, { low, high }, check)
      }
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const left = event.currentTarget.getBoundingClientRect().left;
        const channel = Math.max(0, Math.min(count - 1, Math.floor((event.clientX - left) / step)));
        onPick(channel === picked ? null : channel);
      }}
    >
      {width > 0 && (
        <svg width={width} height={height + 8} aria-hidden="true">
          {picked !== null && (
            <rect
              className="chart-picked"
              x={centre(picked) - Math.max(2, step / 2)}
              y={0}
              width={Math.max(4, step)}
              height={height}
            />
          )}
          <line className="chart-zero" x1={0} x2={width} y1={y(0)} y2={y(0)} />
          <path className="chart-channels" d={drawn(usual)} style={{ strokeWidth: bar }} />
          <path
            className="chart-channels"
            data-outlier=""
            d={drawn(outliers)}
            style={{ strokeWidth: Math.max(1.5, bar) }}
          />
          {check.outliers.map((i) => (
            <path key={i} className="chart-mark" d={`M${centre(i)} ${height + 2}l3 5h-6Z`} />
          ))}
          {check.dead.map((i) => (
            <path key={i} className="chart-dead" d={`M${centre(i) - 2} ${y(0) - 2}l4 4m0 -4l-4 4`} />
          ))}
        </svg>
      )}
    </div>
  );
}
