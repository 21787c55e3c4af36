import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { assignColumns, clusterColumns } from "./vectors.ts";

const d = 3;

function columnsAround(seed: number, centres: number, count: number, spread: number): Float32Array {
  const random = seededRandom(seed);
  const at = Array.from({ length: centres }, () => Array.from({ length: d }, () => 10 * normal(random)));
  return Float32Array.from({ length: count * d }, (_, i) => {
    const centre = at[Math.floor(i / d) % centres] as number[];
    return (centre[i % d] as number) + spread * normal(random);
  });
}

function errorOf(values: Float32Array, centroids: ArrayLike<number>, assigned: Uint8Array): number {
  return values.reduce(
    (sum, x, i) =>
      sum + (x - (centroids[(assigned[Math.floor(i / d)] as number) * d + (i % d)] as number)) ** 2,
    0,
  );
}

describe("assignColumns", () => {
  it("takes the nearest centroid, the first of equally near ones, against distances one by one", () => {
    const values = columnsAround(1, 5, 400, 8);
    const centroids = columnsAround(2, 7, 40, 8);
    const assigned = new Uint8Array(400);
    assignColumns({ values, d }, centroids, assigned);
    const distance = (column: number, c: number) =>
      [0, 1, 2].reduce(
        (sum, i) => sum + ((values[column * d + i] as number) - (centroids[c * d + i] as number)) ** 2,
        0,
      );
    const wrong = assigned.findIndex((c, column) => {
      const all = Array.from({ length: 40 }, (_, each) => distance(column, each));
      return all.indexOf(Math.min(...all)) !== c;
    });
    expect(wrong).toBe(-1);
    const twins = new Uint8Array(1);
    assignColumns({ values: Float32Array.of(1, 2, 3), d }, [0, 0, 0, 1, 2, 3, 1, 2, 3], twins);
    expect([...twins]).toEqual([1]);
  });
});

describe("clusterColumns", () => {
  it("leaves no centroid without columns where there are enough different ones", () => {
    for (let seed = 1; seed <= 10; seed++) {
      // Nine columns in ten lie on three points: most first centroids are crowded out.
      const random = seededRandom(seed);
      const values = columnsAround(seed, 3, 300, 0).map((x, i) =>
        Math.floor(i / d) % 10 === 0 ? x + normal(random) : x,
      );
      const centroids = clusterColumns({ values, weights: undefined, d }, 16, seededRandom(seed));
      const assigned = new Uint8Array(300);
      assignColumns({ values, d }, centroids, assigned);
      expect(new Set(assigned).size).toBe(16);
    }
  });

  it("keeps columns exactly where there are at most k different ones", () => {
    const values = columnsAround(4, 6, 90, 0);
    const centroids = clusterColumns({ values, weights: undefined, d }, 8, seededRandom(1));
    const assigned = new Uint8Array(90);
    assignColumns({ values, d }, centroids, assigned);
    expect(errorOf(values, centroids, assigned)).toBeLessThan(1e-18);
  });

  it("fits a sample of many columns as well as it fits few", () => {
    const values = columnsAround(5, 16, 40_000, 0.5);
    const part = values.subarray(0, 30_000 * d);
    const errors = [values, part].map((fitted) => {
      const centroids = clusterColumns({ values: fitted, weights: undefined, d }, 64, seededRandom(2));
      const assigned = new Uint8Array(40_000);
      assignColumns({ values, d }, centroids, assigned);
      return errorOf(values, centroids, assigned);
    }) as [number, number];
    expect(errors[0]).toBeLessThan(errors[1] * 1.1);
  });
});
