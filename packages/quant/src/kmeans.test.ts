import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { clusterValues } from "./kmeans.ts";

const random = () => seededRandom(5);

function errorOf(values: ArrayLike<number>, centroids: Float32Array, weights?: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    let least = Number.POSITIVE_INFINITY;
    for (const c of centroids) least = Math.min(least, ((values[i] as number) - c) ** 2);
    sum += least * (weights ? (weights[i] as number) : 1);
  }
  return sum;
}

/** The least error of all clusterings of sorted values, by dynamic programming over where clusters end. */
function optimum(values: Float32Array, k: number): number {
  const x = values.slice().sort();
  const n = x.length;
  const cost = (from: number, to: number) => {
    const part = x.subarray(from, to);
    const mean = part.reduce((sum, each) => sum + each, 0) / part.length;
    return part.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  };
  let best = Float64Array.from({ length: n + 1 }, (_, to) => (to === 0 ? 0 : cost(0, to)));
  for (let c = 1; c < k; c++) {
    best = best.map((_, to) =>
      Array.from({ length: to }, (_each, from) => (best[from] as number) + cost(from, to)).reduce(
        (a, b) => Math.min(a, b),
        to === 0 ? 0 : Number.POSITIVE_INFINITY,
      ),
    );
  }
  return best[n] as number;
}

describe("clusterValues", () => {
  it("golden: a gradient-weighted mean is pulled (catalogue §11.5)", () => {
    const values = Float32Array.of(1, 3);
    expect([...clusterValues(values, Float32Array.of(3, 1), 1, random())]).toEqual([1.5]);
    expect([...clusterValues(values, Float32Array.of(5, 5), 1, random())]).toEqual([2]);
    expect([...clusterValues(values, undefined, 1, random())]).toEqual([2]);
  });

  it("is near the optimum that dynamic programming finds", () => {
    const draw = seededRandom(8);
    for (const k of [2, 3, 5]) {
      const values = Float32Array.from({ length: 60 }, () => normal(draw) ** 3);
      const tries = [1, 2, 3, 4, 5].map((seed) =>
        errorOf(values, clusterValues(values, undefined, k, seededRandom(seed))),
      );
      const best = optimum(values, k);
      expect(Math.min(...tries)).toBeGreaterThanOrEqual(best * (1 - 1e-6));
      expect(Math.min(...tries)).toBeLessThanOrEqual(best * 1.001);
      // Lloyd's iterations stop at a local optimum: an unlucky draw may stay at another one.
      expect(tries.filter((error) => error <= best * 1.001).length).toBeGreaterThanOrEqual(4);
    }
  });

  it("ends where nothing moves: centroids are the means of what is nearest to them", () => {
    const draw = seededRandom(9);
    const values = Float32Array.from({ length: 3000 }, () => normal(draw));
    const weights = values.map(() => draw());
    for (const given of [undefined, weights]) {
      const centroids = clusterValues(values, given, 16, random());
      const sums = new Float64Array(16);
      const masses = new Float64Array(16);
      values.forEach((x, i) => {
        let best = 0;
        centroids.forEach((c, j) => {
          if (Math.abs(x - c) < Math.abs(x - (centroids[best] as number))) best = j;
        });
        const w = given ? (given[i] as number) : 1;
        sums[best] = (sums[best] as number) + w * x;
        masses[best] = (masses[best] as number) + w;
      });
      for (const [j, c] of centroids.entries()) {
        expect(c).toBeCloseTo((sums[j] as number) / (masses[j] as number), 6);
      }
    }
  });

  it("few different values are kept exactly, the rest of the table repeats one", () => {
    const values = Float32Array.from({ length: 999 }, (_, i) => [-1.25, 0.1, 7][i % 3] as number);
    const centroids = clusterValues(values, undefined, 5, random());
    expect(new Set(centroids)).toEqual(new Set([-1.25, Math.fround(0.1), 7]));
    expect([...clusterValues(new Float32Array(), undefined, 3, random())]).toEqual([0, 0, 0]);
  });

  it("many values, which are binned: as good as the same without bins", () => {
    const draw = seededRandom(10);
    const values = Float32Array.from({ length: 70_000 }, () => normal(draw));
    const binned = errorOf(values, clusterValues(values, undefined, 8, random()));
    const part = values.subarray(0, 60_000);
    const exact = errorOf(values, clusterValues(part, undefined, 8, random()));
    expect(binned).toBeLessThanOrEqual(exact * 1.005);
    // Max 1960, Table I: 0.03454 of the variance at 8 levels.
    expect(binned / values.length).toBeCloseTo(0.0345, 3);
    const weights = values.map((x) => (x > 0 ? 100 : 1));
    const pulled = clusterValues(values, weights, 8, random());
    expect(errorOf(values, pulled, weights)).toBeLessThan(
      errorOf(values, clusterValues(values, undefined, 8, random()), weights),
    );
    expect(pulled.filter((c) => c > 0).length).toBeGreaterThan(5);
  });

  it("zero importances do not lose values", () => {
    const values = Float32Array.of(1, 2, 10, 11);
    expect([...clusterValues(values, new Float32Array(4), 2, random())]).toEqual([1.5, 10.5]);
    const centroids = clusterValues(values, Float32Array.of(0, 0, 1, 1), 2, random());
    expect(centroids.every(Number.isFinite)).toBe(true);
  });
});
