import { checkChannels } from "@bitscape/engine";
import { expect, it } from "vitest";
import { channelWords, nextChannel } from "./channels.ts";

it("arrows go to the next channel, pages to the next outlier", () => {
  const go = (key: string, from: number | null) => nextChannel(key, from, 10, [7, 2]);
  expect([go("ArrowRight", null), go("ArrowRight", 9), go("ArrowLeft", 0), go("End", 3)]).toEqual([
    0, 9, 0, 9,
  ]);
  expect([go("PageDown", null), go("PageDown", 2), go("PageDown", 7), go("PageUp", 7)]).toEqual([
    2,
    7,
    undefined,
    2,
  ]);
  expect(go("x", 1)).toBeUndefined();
});

it("an outlier, a dead channel and a usual one are said to be so", () => {
  const channels = {
    low: Float32Array.of(-1, -8, 0, -1),
    high: Float32Array.of(1, 8, 0, 1),
  };
  const check = checkChannels(channels);
  expect(channelWords(1, channels, check)).toBe(
    "channel 1, −8 to 8, 8 times the median range: an outlier, over 3 times",
  );
  expect(channelWords(2, channels, check)).toBe("channel 2, 0 to 0: all zero");
  expect(channelWords(0, channels, check)).toBe("channel 0, −1 to 1, 1 times the median range");
});
