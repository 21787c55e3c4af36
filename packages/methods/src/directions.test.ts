import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import {
  type Filtered,
  filterNormalized,
  filterNorms,
  innerProduct,
  projection,
  randomDirection,
} from "./directions.ts";

const draw = (seed: number, count: number) => {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => normal(random));
};
const weight = (seed: number, shape: readonly number[], axis: number): Filtered => ({
  values: draw(
    seed,
    shape.reduce((a, b) => a * b, 1),
  ),
  shape,
  axis,
});
const times = ({ values, ...rest }: Filtered, by: number): Filtered => ({
  ...rest,
  values: values.map((x) => x * by),
});

describe("filter-normalised directions", () => {
  it.each([0, 1, 2])("each filter is as long as the weight's, axis %d", (axis) => {
    const own = weight(1, [4, 5, 6], axis);
    const [direction] = randomDirection([own], seededRandom(3));
    const norms = filterNorms({ ...own, values: direction as Float32Array });
    const wanted = filterNorms(own);
    expect(norms.length).toBe(own.shape[axis]);
    for (const [f, norm] of norms.entries()) expect(norm).toBeCloseTo(wanted[f] as number, 4);
  });

  it("a filter of zeros stays where it is", () => {
    const own = weight(1, [3, 4], 0);
    own.values.fill(0, 4, 8);
    const [direction] = randomDirection([own], seededRandom(3)) as [Float32Array];
    expect([...direction.subarray(4, 8)].map(Math.abs)).toEqual([0, 0, 0, 0]);
    expect(direction.every(Number.isFinite)).toBe(true);
  });

  it("the same seed gives the same direction, another seed another", () => {
    const own = [weight(1, [3, 4], 0)];
    expect(randomDirection(own, seededRandom(5))).toEqual(randomDirection(own, seededRandom(5)));
    expect(randomDirection(own, seededRandom(5))).not.toEqual(randomDirection(own, seededRandom(6)));
  });

  it("a rescaled network gives the same surface, bit for bit", () => {
    // relu(x w1) w2 with w1 doubled and w2 halved; powers of two round alike.
    const [w1, w2] = [weight(1, [5, 8], 1), weight(2, [8, 3], 1)];
    const x = draw(9, 5);
    const outputs = (one: Float32Array, two: Float32Array) => {
      const hidden = Float32Array.from({ length: 8 }, (_, j) =>
        Math.max(
          0,
          x.reduce((sum, each, i) => sum + each * (one[i * 8 + j] as number), 0),
        ),
      );
      return Array.from({ length: 3 }, (_, k) =>
        Math.fround(hidden.reduce((sum, each, j) => sum + each * (two[j * 3 + k] as number), 0)),
      );
    };
    const surface = (weights: readonly [Filtered, Filtered], normalized: boolean) => {
      const random = seededRandom(7);
      const raw = weights.map(({ values }) => Float32Array.from(values, () => normal(random)));
      const [a, b] = (normalized ? filterNormalized(raw, weights) : raw) as [Float32Array, Float32Array];
      return [-1, -0.5, 0.25, 1].map((t) =>
        outputs(
          weights[0].values.map((w, i) => w + t * (a[i] as number)),
          weights[1].values.map((w, i) => w + t * (b[i] as number)),
        ),
      );
    };
    const rescaled = [times(w1, 2), times(w2, 0.5)] as const;
    expect(surface(rescaled, true)).toEqual(surface([w1, w2], true));
    expect(surface(rescaled, false)).not.toEqual(surface([w1, w2], false));
  });
});

describe("projection", () => {
  const [a, b] = [
    [draw(1, 20), draw(2, 5)],
    [draw(3, 20), draw(4, 5)],
  ] as const;
  const mix = (p: number, q: number) =>
    a.map((values, l) => values.map((x, i) => p * x + q * ((b[l] as Float32Array)[i] as number)));
  it("finds the coordinates of what lies in the plane", () => {
    const [p, q] = projection(mix(0.7, -1.3), a, b);
    expect(p).toBeCloseTo(0.7, 5);
    expect(q).toBeCloseTo(-1.3, 5);
  });
  it("leaves what is orthogonal to the plane", () => {
    const difference = mix(0.2, 0.5).map((values, l) => values.map((x, i) => x + (l === 1 ? 0.1 * i : 0)));
    const [p, q] = projection(difference, a, b);
    const rest = mix(p, q).map((values, l) =>
      values.map((x, i) => ((difference[l] as Float32Array)[i] as number) - x),
    );
    expect(innerProduct(rest, a)).toBeCloseTo(0, 4);
    expect(innerProduct(rest, b)).toBeCloseTo(0, 4);
  });
  it("is none for parallel directions", () => {
    expect(projection(mix(1, 1), a, a)).toEqual([0, 0]);
  });
});
