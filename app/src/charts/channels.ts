// The channels of a strip in words, and how keys go from one to the next.

import { type ChannelCheck, type HistogramReport, OUTLIER_TIMES } from "@bitscape/engine";
import { formatValue } from "../ui/numbers.ts";

/** Where a key goes: to the next channel, the first or last, or the next outlier. Undefined for other keys. */
export function nextChannel(
  key: string,
  picked: number | null,
  count: number,
  outliers: readonly number[],
): number | undefined {
  const at = picked ?? -1;
  const [before, after] = [Math.max(0, at - 1), Math.min(count - 1, at + 1)];
  const sorted = [...outliers].sort((a, b) => a - b);
  const places: Readonly<Record<string, number | undefined>> = {
    ...{ ArrowRight: after, ArrowUp: after, ArrowLeft: before, ArrowDown: before, Home: 0, End: count - 1 },
    PageDown: sorted.find((channel) => channel > at),
    PageUp: sorted.findLast((channel) => channel < at),
  };
  return places[key];
}

/** "channel 12, −0.3 to 0.41, 4.2 times the median range: an outlier". */
export function channelWords(
  channel: number,
  { low, high }: NonNullable<HistogramReport["channels"]>,
  { ranges, median, outliers, dead }: ChannelCheck,
): string {
  const head = `channel ${channel}, ${formatValue(low[channel] as number)} to ${formatValue(high[channel] as number)}`;
  if (dead.includes(channel)) return `${head}: all zero`;
  const times = `${Number(((ranges[channel] as number) / (median || 1)).toPrecision(2))} times the median range`;
  return `${head}, ${times}${outliers.includes(channel) ? `: an outlier, over ${OUTLIER_TIMES} times` : ""}`;
}
