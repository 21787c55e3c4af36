import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { type Grouping, groupsOf } from "../grouping.ts";
import { encodeLevels } from "../levels.ts";
import { decode, quantize } from "../quantize.ts";
import { roundHalfEven } from "../round.ts";
import { fpBias, fpGrid, fpLevels, fpRatios, fpSplits, fpVote } from "./fp.ts";

const exact = {
  scheme: { format: "fp(4)", symmetric: true, range: "mse" },
  options: { roundScale: (s: number) => s },
} as const;
const tensor = { kind: "tensor" } as const;

/** x on the grid of fp(e,m) at scale 1. */
function onGrid(x: readonly number[], e: number, m: number): number[] {
  const grid = fpGrid(e, m);
  const codes = encodeLevels(Float32Array.from(x), groupsOf([x.length], tensor), Float32Array.of(1), grid);
  return [...codes].map((code) => grid.levels[code] as number);
}

/** The definition (catalogue of methods, part B §3.1), one value at a time. */
function slow(x: number, e: number, m: number, most: number): number {
  const exactly = 2 ** e - Math.log2(most) + Math.log2(2 - 2 ** -m) - 1;
  // Logarithms leave 14.999999999999998 of a bias of 15, and no tie would be one.
  const b = Math.abs(exactly - Math.round(exactly)) < 1e-9 ? Math.round(exactly) : exactly;
  const clipped = Math.max(-most, Math.min(most, x));
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(clipped)) + b), 1);
  const s = 2 ** (exponent - m - b);
  return roundHalfEven(clipped / s) * s;
}

describe("golden numbers (catalogue §3.5)", () => {
  it("exponent bias", () => {
    expect(fpBias(2, 1, 6)).toBeCloseTo(1, 12);
    expect(fpBias(4, 3, 480)).toBeCloseTo(7, 12);
    expect(fpBias(5, 2, 114688)).toBeCloseTo(14.999999999999998, 12);
    expect(fpBias(3, 4, 31)).toBeCloseTo(3, 12);
  });

  it("E2M1 up to 6", () => {
    const x = [0, 0.2, 0.25, 0.26, 0.75, 1.24, 1.26, 2.5, 3.5, 4.9, 5, 5.1, 7, -2.4];
    expect(onGrid(x, 2, 1)).toEqual([0, 0, 0, 0.5, 1, 1, 1.5, 2, 4, 4, 4, 6, 6, -2]);
  });

  it("search of 4 bits: M = 1 at index 90, maxval 6, error 0; M = 2 at index 86, maxval 5.76", () => {
    const data = Float32Array.of(0.5, 1, 1.5, 2, 3, 4, 6);
    const splits = fpSplits(data, groupsOf([7], tensor), 4, exact);
    const found = splits.map(({ m, e, scale, error }) => {
      const most = (scale[0] as number) * fpGrid(e, m).most;
      return { m, most, index: Math.round((most / 6 - 0.1) / 0.01), mse: (error[0] as number) / 7 };
    });
    expect(found.map(({ m, index }) => [m, index])).toEqual([
      [1, 90],
      [2, 86],
    ]);
    expect(found[0]?.mse).toBe(0);
    expect(found[0]?.most).toBe(6);
    expect(found[1]?.mse).toBeCloseTo(0.06256559766763847, 12);
    expect(found[1]?.most).toBeCloseTo(5.76, 6);
    expect(fpVote(splits).m).toBe(1);
  });
});

describe("grids", () => {
  const splits = [1, 2, 3, 4, 5, 6, 7].flatMap((e) =>
    [0, 1, 2, 3, 4, 5, 6].filter((m) => e + m <= 7).map((m) => [e, m] as const),
  );

  it.each(splits)("fp(%i,%i) rounds as the definition says, ties too", (e, m) => {
    const { most, levels } = fpGrid(e, m);
    const random = seededRandom(e * 8 + m);
    const sorted = [...new Set(levels)].sort((a, b) => a - b);
    const ties = sorted.slice(1).map((level, i) => (level + (sorted[i] as number)) / 2);
    const drawn = Array.from({ length: 2000 }, () => {
      const x = Math.fround(most * 1.2 * (random() * 2 - 1) * 2 ** (-random() * 6));
      return x;
    });
    const values = [...ties, ...sorted, ...drawn].filter((x) => Math.fround(x) === x && x !== 0);
    const found = onGrid(values, e, m);
    const wrong = values.filter((x, i) => {
      const by = slow(x, e, m, most);
      return Math.abs(by - (found[i] as number)) > Math.abs(by) * 1e-12;
    });
    expect(wrong).toEqual([]);
  });

  it("all codes are numbers, none twice but zero", () => {
    for (const [e, m] of splits) {
      const levels = fpLevels(e, m);
      expect(levels).toHaveLength(2 ** (1 + e + m));
      expect(new Set(levels).size).toBe(levels.length - 1);
      expect(levels.every(Number.isFinite)).toBe(true);
    }
  });

  it("fp4 is OCP's E2M1, code by code", () => {
    expect(fpLevels(2, 1)).toEqual([0, 0.5, 1, 1.5, 2, 3, 4, 6, 0, -0.5, -1, -1.5, -2, -3, -4, -6]);
  });
});

describe("search", () => {
  it("tries 111 ratios from 0.1 to 1.2", () => {
    expect(fpRatios).toHaveLength(111);
    expect(fpRatios.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 111 }, (_, i) => (10 + i) / 100));
  });

  it("finds what trying all of them on all values finds, in small groups", () => {
    const random = seededRandom(4);
    const data = Float32Array.from({ length: 90 }, () => normal(random) ** 3);
    const grouping: Grouping = { kind: "channel", axis: 0 };
    for (const [e, m] of [
      [2, 1],
      [1, 2],
      [4, 3],
    ] as const) {
      const found = quantize(data, [3, 30], { ...exact.scheme, format: `fp(${e},${m})` }, grouping);
      const values = decode(found);
      for (const row of [0, 1, 2]) {
        const part = data.subarray(row * 30, row * 30 + 30);
        const errorOf = (of: (x: number, i: number) => number) =>
          part.reduce((sum, x, i) => sum + (of(x, i) - x) ** 2, 0);
        const peak = part.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const best = Math.min(
          ...fpRatios.map((ratio) => errorOf((x) => (x === 0 ? 0 : slow(x, e, m, peak * ratio)))),
        );
        expect(errorOf((_, i) => values[row * 30 + i] as number)).toBeLessThanOrEqual(best * (1 + 1e-4));
      }
    }
  });

  it("of large groups the sketch finds a clip as good as an exact search to within a percent", () => {
    const random = seededRandom(5);
    const data = Float32Array.from({ length: 20000 }, () => normal(random) ** 3);
    for (const [e, m] of [
      [2, 1],
      [1, 6],
      [4, 3],
    ] as const) {
      const found = decode(quantize(data, [20000], { ...exact.scheme, format: `fp(${e},${m})` }, tensor));
      const peak = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const errorAt = (most: number) =>
        data.reduce((sum, x) => sum + (x === 0 ? 0 : (slow(x, e, m, most) - x) ** 2), 0);
      const best = Math.min(...fpRatios.filter((_, i) => i % 3 === 0).map((ratio) => errorAt(peak * ratio)));
      const error = found.reduce((sum, y, i) => sum + (y - (data[i] as number)) ** 2, 0);
      expect(error).toBeLessThanOrEqual(best * 1.01);
    }
  });

  it("votes: the split that most channels want, whatever the others lose", () => {
    // Even steps want mantissa, powers of two exponent.
    const even = [1, 2, 3, 4, 5, 6, 7];
    const powers = [0.25, 0.5, 1, 2, 4, 8, 16];
    const format = { ...exact.scheme, format: "fp(4)" };
    const split = (rows: readonly (readonly number[])[]) => {
      const data = Float32Array.from(rows.flat());
      return quantize(data, [rows.length, 7], format, { kind: "channel", axis: 0 }).format.name;
    };
    expect(split([even])).toBe("fp(1,2)");
    expect(split([powers])).toBe("fp(2,1)");
    expect(split([even, even, powers])).toBe("fp(1,2)");
    expect(split([powers, even, powers])).toBe("fp(2,1)");
  });
});
