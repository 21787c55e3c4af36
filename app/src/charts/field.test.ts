import { describe, expect, it } from "vitest";
import { between, type Field, filled, logarithmic, wholeStep } from "./field.ts";

const nan = Number.NaN;
/** 5 rows, 7 columns: rows and columns are told apart. */
const plane = (known: (i: number, j: number) => boolean): Field => ({
  rows: 5,
  columns: 7,
  values: Float64Array.from({ length: 35 }, (_, k) => {
    const [i, j] = [Math.floor(k / 7), k % 7];
    return known(i, j) ? 10 * i + j : nan;
  }),
});
const all = plane(() => true);

describe("between", () => {
  it("is exact for what is bilinear, row first", () => {
    expect(between(all, 3, 5)).toBe(35);
    expect(between(all, 1.25, 4.5)).toBeCloseTo(17);
    const product: Field = { rows: 3, columns: 3, values: [0, 0, 0, 0, 1, 2, 0, 2, 4] };
    expect(between(product, 1.5, 1.5)).toBeCloseTo(2.25);
  });
  it("stays at the edges and needs no neighbour that has no weight", () => {
    expect(between(all, 99, -3)).toBe(40);
    expect(
      between(
        plane((i) => i === 2),
        2,
        3.5,
      ),
    ).toBeCloseTo(23.5);
    expect(
      between(
        plane((i) => i === 2),
        2.5,
        3,
      ),
    ).toBeNaN();
    expect(between({ rows: 1, columns: 3, values: [1, 2, 4] }, 0, 1.5)).toBe(3);
  });
});

describe("filling", () => {
  it("finds the finest grid that is whole", () => {
    expect(wholeStep(all)).toBe(1);
    expect(wholeStep(plane((i, j) => i % 2 === 0 && j % 2 === 0))).toBe(2);
    expect(wholeStep(plane((i, j) => i % 2 === 0 && j % 2 === 0 && i + j > 0))).toBeNull();
  });
  it("interpolates from it and keeps what is known besides", () => {
    const coarse = plane((i, j) => i % 2 === 0 && j % 2 === 0);
    expect(Array.from(filled(coarse))).toEqual(Array.from(all.values));
    const more = Float64Array.from(coarse.values);
    more[8] = 999;
    expect(filled({ ...coarse, values: more })[8]).toBe(999);
  });
  it("takes the nearest before there is one, no further than halfway to the next", () => {
    const some = filled(plane((i, j) => i === 0 && j % 2 === 0));
    const rows = Array.from({ length: 5 }, (_, i) => Array.from(some.slice(7 * i, 7 * i + 7)));
    expect(rows[1]?.every((value) => value % 2 === 0)).toBe(true);
    expect(rows[2]?.every(Number.isNaN)).toBe(true);
    expect(filled(plane(() => false)).every(Number.isNaN)).toBe(true);
  });
  it("interpolates the logarithm of what spans decades", () => {
    const field: Field = { rows: 1, columns: 3, values: [1e-4, nan, 1] };
    const square: Field = { rows: 3, columns: 3, values: [1e-4, nan, 1, nan, nan, nan, 1e-4, nan, 1] };
    expect(between({ ...field, columns: 2, values: [1e-4, 1] }, 0, 0.5, logarithmic)).toBeCloseTo(1e-2, 12);
    expect(filled(square, logarithmic)[4]).toBeCloseTo(1e-2, 12);
    expect(filled(square)[4]).toBeCloseTo(0.50005, 12);
    expect(between({ rows: 1, columns: 2, values: [0, 1] }, 0, 0.5, logarithmic)).toBeCloseTo(1e-6, 12);
  });
});
