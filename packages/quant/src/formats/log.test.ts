import { seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { decode, quantize } from "../quantize.ts";
import { logStochastic } from "./log.ts";

const x = [64, 3, -5, 0.3, -0.75, 48];
const same = (u: number) => x.map(() => u);

describe("LUQ, golden numbers (catalogue §5.5: seven magnitudes)", () => {
  it.each([
    [0.2, [64, 4, -8, 1, -1, 64]],
    [0.45, [64, 4, -4, 0, -1, 64]],
    [0.6, [64, 2, -4, 0, -1, 32]],
  ])("u = %d", (u, expected) => {
    expect([...logStochastic(x, same(u), 7)]).toEqual(expected.map((y) => (y === 0 ? 0 : y)));
  });

  it("is unbiased: the mean over evenly spread draws is the value", () => {
    const draws = 4000;
    const sums = new Float64Array(x.length);
    for (let i = 0; i < draws; i++) {
      logStochastic(x, same((i + 0.5) / draws), 7).forEach((y, j) => {
        sums[j] = (sums[j] as number) + y;
      });
    }
    for (const [j, value] of x.entries()) expect((sums[j] as number) / draws).toBeCloseTo(value, 2);
  });

  it("Monte Carlo: 200 000 draws agree with the golden run to within four standard errors", () => {
    const random = seededRandom(17);
    const draws = 200_000;
    const golden = [64, 3.00526, -5.00374, 0.29956, -0.749925, 47.99648];
    const sums = new Float64Array(x.length);
    const squares = new Float64Array(x.length);
    for (let i = 0; i < draws; i++) {
      const found = logStochastic(
        x,
        x.map(() => random()),
        7,
      );
      for (let j = 0; j < x.length; j++) {
        sums[j] = (sums[j] as number) + (found[j] as number);
        squares[j] = (squares[j] as number) + (found[j] as number) ** 2;
      }
    }
    golden.forEach((value, j) => {
      const mean = (sums[j] as number) / draws;
      const deviation = Math.sqrt(Math.max(0, (squares[j] as number) / draws - mean ** 2));
      // Both runs have an error.
      expect(Math.abs(mean - value)).toBeLessThanOrEqual(
        (4 * Math.SQRT2 * deviation) / Math.sqrt(draws) + 1e-9,
      );
    });
  });

  it("any number of magnitudes: results are zero or one of them", () => {
    const random = seededRandom(2);
    for (const magnitudes of [1, 3, 8]) {
      const values = Array.from({ length: 500 }, () => (random() - 0.5) * 2 ** (random() * 20));
      const most = Math.max(...values.map(Math.abs));
      const allowed = new Set([0, ...Array.from({ length: magnitudes }, (_, i) => most / 2 ** i)]);
      const found = logStochastic(
        values,
        values.map(() => random()),
        magnitudes,
      );
      expect(found.every((y) => allowed.has(Math.abs(y)))).toBe(true);
      expect(found.every((y, i) => y === 0 || Math.sign(y) === Math.sign(values[i] as number))).toBe(true);
    }
    expect([...logStochastic([0, 0], [0, 0], 7)]).toEqual([0, 0]);
  });
});

it("log(b) rounds to the power floor(log2(4/3 v)) where there is one", () => {
  const random = seededRandom(6);
  for (const bits of [3, 4, 6]) {
    const data = Float32Array.from({ length: 2000 }, () => (random() * 2 - 1) * 64);
    data[0] = 64;
    const least = 64 / 2 ** (2 ** (bits - 1) - 2);
    const scheme = { format: `log(${bits})`, symmetric: true, range: "minmax" } as const;
    const values = decode(quantize(data, [2000], scheme, { kind: "tensor" }));
    const wrong = data.filter((v, i) => {
      const size = Math.abs(v);
      const power = 2 ** Math.floor(Math.log2((4 / 3) * (size / least)));
      const expected = size >= 0.75 * least ? power * least : size >= 0.5 * least ? least : 0;
      return values[i] !== Math.fround(Math.sign(v) * expected) && !(expected === 0 && values[i] === 0);
    });
    expect([...wrong]).toEqual([]);
  }
});
