import type { StepSlice, WeightSlice } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { largestCouplings, matrixFacts } from "./couplings.ts";
import { couplingCsv, pathCsv, planeCsv, stepCsv } from "./csv.ts";
import { changeWords, separability } from "./readings.ts";

const axis = (layer: string, values: number[]) => ({
  of: { layer, target: "weight" as const },
  format: "int4",
  values: Float64Array.from(values),
  full: { low: -1, high: 1 },
});

describe("tables", () => {
  it("have a slice row by row, the vertical axis first, to the last digit", () => {
    const slice = {
      axes: [axis("a", [0.5, 1]), axis("b", [0.1, 0.2, 0.3])],
      metric: "kl",
      loss: Float64Array.of(1 / 3, 2, 3, 4, Number.NaN, 6),
    } as unknown as StepSlice;
    const lines = stepCsv(slice).trimEnd().split("\r\n");
    expect(lines[0]).toBe("clip of a weights,clip of b weights,kl");
    expect(lines.slice(1)).toEqual([
      `0.5,0.1,${1 / 3}`,
      "0.5,0.2,2",
      "0.5,0.3,3",
      "1,0.1,4",
      "1,0.2,",
      "1,0.3,6",
    ]);
  });

  it("have a column for each network of a path, and a table for each plane", () => {
    const surface = (of: string, loss: number[]) => ({
      of,
      loss: Float64Array.from(loss),
      points: [],
      flatness: null,
    });
    const path = {
      axes: [{ label: "line", values: Float64Array.of(0, 1) }],
      metric: "kl",
      surfaces: [surface("4 bits", [0, 1]), surface("2 bits", [0, 5])],
    } as unknown as WeightSlice;
    expect(pathCsv(path)).toBe('line,"kl, 4 bits","kl, 2 bits"\r\n0,0,0\r\n1,1,5\r\n');
    const plane = {
      ...path,
      axes: [...path.axes, { label: "other", values: Float64Array.of(-1, 1) }],
    } as WeightSlice;
    expect(planeCsv(plane, surface("float", [1, 2, 3, 4]))).toBe(
      "line,other,kl\r\n0,-1,1\r\n0,1,2\r\n1,-1,3\r\n1,1,4\r\n",
    );
  });
});

describe("couplings", () => {
  const of = ["a", "b", "c"].map((layer) => ({ layer, target: "weight" as const }));
  const matrix = Float64Array.of(1, 0.9, 0.1, 0.9, 1, Number.NaN, 0.1, Number.NaN, 1);
  it("count each pair once, and only what is known", () => {
    expect(largestCouplings({ of, matrix }, 9).map(({ a, b, value }) => [a.layer, b.layer, value])).toEqual([
      ["a", "b", 0.9],
      ["a", "c", 0.1],
    ]);
    expect(matrixFacts({ of, matrix })).toEqual({ mean: 0.5, strong: 1, pairs: 2 });
    expect(couplingCsv({ bits: 4, of, matrix, metric: "kl", n: 1, done: true }).split("\r\n")).toHaveLength(
      11,
    );
  });
});

it("says whether two clips can be chosen apart", () => {
  expect(separability(null, null)).toBeNull();
  expect(separability(0.02, 0.1)).toMatch(/can be chosen apart/);
  expect(separability(0.1, null)).toMatch(/influence/);
  expect(separability(0.02, 0.9)).toMatch(/cannot be chosen apart/);
  // A steep edge of the slice does not matter where the choice is made.
  expect(separability(0.3, 0.1)).toMatch(/can be chosen apart/);
  expect(separability(0.3, null)).toMatch(/cannot be chosen apart .*so far/);
});

it("says by how much a loss changed", () => {
  expect([changeWords(2, 1), changeWords(1, 1.5), changeWords(1, 1), changeWords(0, 1)]).toEqual([
    "fell by 50 %",
    "rose by 50 %",
    "unchanged",
    "",
  ]);
});
