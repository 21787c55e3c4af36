// Which channels stand out: those whose range is far beyond the others', and those that are all zero.

/** A channel is an outlier where its range is more than so many times the median of the channels' ranges. */
export const OUTLIER_TIMES = 3;

export interface ChannelCheck {
  /** Ranges by channel: high − low, zero included. */
  readonly ranges: Float64Array;
  /** Of the channels that are not all zero. */
  readonly median: number;
  /** The widest first. */
  readonly outliers: readonly number[];
  readonly dead: readonly number[];
}

export function checkChannels({
  low,
  high,
}: {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}): ChannelCheck {
  const ranges = Float64Array.from(low, (least, c) => Math.max(0, high[c] as number) - Math.min(0, least));
  const alive = ranges.filter((range) => range > 0).sort();
  const middle = alive.length >> 1;
  const median =
    alive.length === 0
      ? 0
      : alive.length % 2
        ? (alive[middle] as number)
        : ((alive[middle - 1] as number) + (alive[middle] as number)) / 2;
  const channels = [...ranges.keys()];
  return {
    ranges,
    median,
    outliers: channels
      .filter((c) => (ranges[c] as number) > OUTLIER_TIMES * median)
      .sort((a, b) => (ranges[b] as number) - (ranges[a] as number)),
    dead: channels.filter((c) => ranges[c] === 0),
  };
}
