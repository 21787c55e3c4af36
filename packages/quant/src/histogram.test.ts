import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { integerFacts } from "./formats/table.ts";
import { addValues, emptyHistogram, type Histogram, quantileOf, rangeOf } from "./histogram.ts";
import { chooseQParams } from "./qparams.ts";
import type { RangeRule } from "./scheme.ts";

function histogramOf(...parts: readonly Float32Array[]): Histogram {
  const histogram = emptyHistogram();
  for (const part of parts) addValues(histogram, part);
  return histogram;
}

function bell(seed: number, size: number, spread = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: size }, () => normal(random) * spread);
}

const widthOf = ({ limit, counts }: Histogram) => (2 * limit) / counts.length;
const total = ({ counts }: Histogram) => counts.reduce((a, b) => a + b, 0);

/** Values of every magnitude and sign, among them those that lie on the edges of bins. */
function allMagnitudes(seed: number, size: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: size }, (_, i) => {
    const sign = random() < 0.5 ? -1 : 1;
    if (i % 5 === 0) return sign * 2 ** Math.floor(random() * 100 - 80);
    if (i % 7 === 0) return 0;
    return sign * random() * 2 ** (random() * 100 - 80);
  });
}

describe("histogram", () => {
  it("counts each value in the bin it lies in", () => {
    for (const data of [bell(1, 3000), bell(2, 3000, 1e-6), allMagnitudes(3, 3000)]) {
      const histogram = histogramOf(data);
      const width = widthOf(histogram);
      const expected = new Float64Array(histogram.counts.length);
      for (const x of data) {
        // Counted by comparison with the bins' edges, which are exact.
        let bin = Math.floor(x / width) + expected.length / 2;
        if (x < (bin - expected.length / 2) * width) bin--;
        expected[bin] = (expected[bin] as number) + 1;
      }
      expect(histogram.counts).toEqual(expected);
      expect(histogram.limit).toBeGreaterThan(Math.max(...data.map(Math.abs)));
      expect(histogram.limit / 2).toBeLessThanOrEqual(Math.max(...data.map(Math.abs)));
      expect([histogram.min, histogram.max]).toEqual([Math.min(...data), Math.max(...data)]);
    }
  });

  it("keeps every count as it doubles", () => {
    const histogram = emptyHistogram();
    let seen = 0;
    for (let k = -45; k < 40; k += 5) {
      addValues(histogram, bell(k, 100, 2 ** k));
      seen += 100;
      expect(total(histogram)).toBe(seen);
      expect(histogram.count).toBe(seen);
    }
  });

  it("does not depend on how the values are split, or on their order", () => {
    for (const data of [bell(5, 4000, 3), allMagnitudes(6, 4000)]) {
      const whole = histogramOf(data);
      const random = seededRandom(9);
      for (let trial = 0; trial < 20; trial++) {
        const parts: Float32Array[] = [];
        for (let from = 0; from < data.length; ) {
          const to = from + Math.floor(random() ** 3 * 1000);
          parts.push(data.subarray(from, to));
          from = to;
        }
        expect(histogramOf(...parts)).toEqual(whole);
      }
      expect(histogramOf(data.slice().sort())).toEqual(whole);
      const one = Array.from(
        data.slice().sort((a, b) => Math.abs(a) - Math.abs(b)),
        (x) => Float32Array.of(x),
      );
      expect(histogramOf(...one)).toEqual(whole);
    }
  });

  it("leaves out NaN and infinities, and says how many", () => {
    const data = Float32Array.of(1, Number.NaN, -2, Number.POSITIVE_INFINITY, 0.5, Number.NEGATIVE_INFINITY);
    const histogram = histogramOf(data);
    expect(histogram).toEqual({ ...histogramOf(Float32Array.of(1, -2, 0.5)), skipped: 3 });
    const nothing = histogramOf(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY));
    expect(nothing).toEqual({ ...emptyHistogram(), skipped: 2 });
    addValues(nothing, Float32Array.of(3));
    expect(nothing).toMatchObject({ count: 1, min: 3, max: 3, skipped: 2 });
  });

  it("takes the ends of float32", () => {
    const most = Math.fround(3.4028234663852886e38);
    const histogram = histogramOf(Float32Array.of(most, -most, 2 ** -149, -(2 ** -149), 0));
    expect(histogram).toMatchObject({ count: 5, skipped: 0, min: -most, max: most });
    expect(total(histogram)).toBe(5);
  });
});

describe("quantiles", () => {
  const fractions = [0, 0.0005, 0.01, 0.25, 0.5, 0.75, 0.99, 0.9995, 1];

  it.each([
    ["bell", bell(11, 5000)],
    ["one-sided", bell(12, 5000).map((x) => Math.max(x, 0))],
    ["far from zero", bell(13, 5000).map((x) => x + 100)],
    ["negative", bell(14, 5000).map((x) => -Math.abs(x) - 3)],
    ["two lumps", bell(15, 5000).map((x, i) => (i % 3 === 0 ? x - 50 : x + 50))],
    ["three values", Float32Array.of(-1, 4, 9)],
    ["one value", Float32Array.of(0.3)],
  ])("%s: within one bin of the order statistic", (_, data) => {
    const histogram = histogramOf(data);
    const sorted = data.slice().sort();
    for (const q of fractions) {
      const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] as number;
      expect(Math.abs(quantileOf(histogram, q) - exact)).toBeLessThanOrEqual(widthOf(histogram));
    }
    expect(quantileOf(histogram, 1)).toBe(sorted.at(-1));
    const found = fractions.map((q) => quantileOf(histogram, q));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found.every((x) => x >= (sorted[0] as number) && x <= (sorted.at(-1) as number))).toBe(true);
  });
});

describe("ranges", () => {
  const int8 = integerFacts("int8");
  const rules: readonly RangeRule[] = ["minmax", "mse", { percentile: 99 }, { percentile: 100 }];

  it("an empty histogram has none", () => {
    for (const rule of rules)
      expect(rangeOf(emptyHistogram(), rule, int8, true)).toEqual({ low: 0, high: 0 });
  });

  it("min-max is exact, and percentile 100 is min-max", () => {
    const data = bell(21, 1000);
    const histogram = histogramOf(data);
    const ends = { low: Math.min(...data), high: Math.max(...data) };
    expect(rangeOf(histogram, "minmax", int8, false)).toEqual(ends);
    const all = rangeOf(histogram, { percentile: 100 }, int8, false);
    expect(all.high).toBe(ends.high);
    expect(Math.abs(all.low - ends.low)).toBeLessThanOrEqual(widthOf(histogram));
  });

  it("given ends are taken as they are", () => {
    const histogram = histogramOf(bell(21, 1000));
    expect(rangeOf(histogram, { clip: [-0.5, 2] }, int8, false)).toEqual({ low: -0.5, high: 2 });
    expect(rangeOf(histogram, { ratio: 2, of: { clip: [0, 1.5] } }, int8, true)).toEqual({ low: 0, high: 3 });
  });

  it("a percentile cuts the same share at each end", () => {
    const data = bell(22, 20_000);
    const { low, high } = rangeOf(histogramOf(data), { percentile: 90 }, int8, false);
    expect(data.filter((x) => x < low).length / data.length).toBeCloseTo(0.05, 2);
    expect(data.filter((x) => x > high).length / data.length).toBeCloseTo(0.05, 2);
  });

  it("mse: never worse than min-max, better where there are outliers, on the data itself", () => {
    const errorOf = (
      data: Float32Array,
      rule: RangeRule,
      bits: "uint4" | "int4" | "int8",
      symmetric: boolean,
    ) => {
      const format = integerFacts(bits);
      const { low, high } = rangeOf(histogramOf(data), rule, format, symmetric);
      const { scale, zeroPoint } = chooseQParams(
        { low: Float64Array.of(low), high: Float64Array.of(high) },
        format,
        symmetric,
      );
      const [s, z] = [scale[0] as number, zeroPoint[0] as number];
      return data.reduce((sum, x) => {
        const q = Math.max(format.qmin, Math.min(format.qmax, Math.round(x / s) + z));
        return sum + ((q - z) * s - x) ** 2;
      }, 0);
    };
    const outliers = bell(23, 2000);
    outliers[7] = 30;
    outliers[8] = -12;
    const samples = [
      outliers,
      bell(24, 2000).map((x) => Math.max(x, 0)),
      bell(25, 2000).map((x) => -(x ** 2)),
    ];
    for (const data of samples) {
      for (const bits of ["uint4", "int4", "int8"] as const) {
        for (const symmetric of [true, false]) {
          const free = errorOf(data, "minmax", bits, symmetric);
          // A bin's centre stands for its values: one bin in 4096 blurs the error a little.
          expect(errorOf(data, "mse", bits, symmetric)).toBeLessThanOrEqual(free * 1.01);
        }
      }
    }
    expect(errorOf(outliers, "mse", "int4", true)).toBeLessThan(
      errorOf(outliers, "minmax", "int4", true) / 2,
    );
  });

  it("a ratio multiplies both ends; the least Lp error is that of the values", () => {
    const data = bell(28, 4000).map((x) => Math.max(x, 0) ** 1.5);
    const format = integerFacts("uint4");
    const histogram = histogramOf(data);
    for (const of of ["minmax", "mse", { percentile: 99 }] as const) {
      const { low, high } = rangeOf(histogram, of, format, false);
      expect(rangeOf(histogram, { ratio: 0.6, of }, format, false)).toEqual({
        low: low * 0.6,
        high: high * 0.6,
      });
    }
    const error = (high: number, p: number) => {
      const s = high / 15;
      return data.reduce((sum, x) => sum + Math.abs(Math.min(Math.round(x / s), 15) * s - x) ** p, 0);
    };
    const highs = [1, 2, 4].map((p) => {
      const { high } = rangeOf(histogram, { lp: p }, format, false);
      const best = Math.min(
        ...Array.from({ length: 200 }, (_, i) => error((histogram.max * (i + 1)) / 200, p)),
      );
      expect(error(high, p)).toBeLessThanOrEqual(best * 1.02);
      return high;
    });
    expect(highs).toEqual([...highs].sort((a, b) => a - b));
  });

  it("one-sided data keeps its side", () => {
    const data = bell(26, 2000).map((x) => Math.max(x, 0));
    for (const rule of rules) {
      const { low, high } = rangeOf(histogramOf(data), rule, integerFacts("uint8"), false);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(low).toBeLessThanOrEqual(0.01);
      expect(high).toBeGreaterThan(1);
    }
  });

  it("does not depend on how the values were split", () => {
    const data = bell(27, 3000);
    for (const rule of rules) {
      const parts = [data.subarray(0, 10), data.subarray(10, 2000), data.subarray(2000)];
      expect(rangeOf(histogramOf(...parts), rule, int8, false)).toEqual(
        rangeOf(histogramOf(data), rule, int8, false),
      );
    }
  });
});
