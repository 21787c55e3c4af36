import { describe, expect, it } from "vitest";
import { normal, seededRandom } from "./random.ts";

const take = (seed: number, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random());
};

describe("seededRandom", () => {
  it("gives mulberry32's numbers", () => {
    // Computed by the published C of mulberry32 (Tommy Ettinger, public domain), as 32-bit integers.
    expect(take(0, 3).map((each) => each * 2 ** 32)).toEqual([1144304738, 1416247, 958946056]);
    expect(take(1, 3).map((each) => each * 2 ** 32)).toEqual([2693262067, 11749833, 2265367787]);
    expect(take(0xffffffff, 2)).toEqual(take(-1, 2));
  });

  it("starts over with the seed, and streams do not disturb one another", () => {
    const a = seededRandom(7);
    const b = seededRandom(7);
    const woven = Array.from({ length: 50 }, () => [a(), b()] as const);
    expect(woven.every(([x, y]) => x === y)).toBe(true);
    expect(woven.map(([x]) => x)).toEqual(take(7, 50));
    expect(take(8, 50)).not.toEqual(take(7, 50));
  });

  it("is uniform over [0, 1)", () => {
    const tenths = new Array<number>(10).fill(0);
    const values = take(3, 100_000);
    expect(values.every((x) => x >= 0 && x < 1)).toBe(true);
    for (const x of values) {
      const tenth = Math.floor(x * 10);
      tenths[tenth] = (tenths[tenth] as number) + 1;
    }
    // 6 standard deviations of a binomial count of 10 000.
    expect(Math.max(...tenths.map((each) => Math.abs(each - 10_000)))).toBeLessThan(6 * Math.sqrt(9000));
  });
});

describe("normal", () => {
  it("has the moments of a standard normal", () => {
    const random = seededRandom(5);
    const values = Float64Array.from({ length: 100_000 }, () => normal(random));
    const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.02);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03);
    expect(Math.abs(moment(3))).toBeLessThan(0.08);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it("stays finite at the generator's ends", () => {
    expect(normal(() => 0)).toBeCloseTo(0);
    expect(Number.isFinite(normal(() => 1 - 2 ** -32))).toBe(true);
  });
});
