import { expect, it } from "vitest";
import { decadesOf, exponents, powerOfTen } from "./logAxis.ts";

it("holds all values, and nothing below the floor", () => {
  expect(decadesOf([0.002, 5], 1e-8)).toEqual([-3, 1]);
  expect(decadesOf([0.02, 0.03], 1e-8)).toEqual([-2, -1]);
  expect(decadesOf([0, 1e-20, 1], 1e-8)).toEqual([-8, 0]);
  expect(decadesOf([100], 1e-8)).toEqual([2, 3]);
  expect(decadesOf([], 1e-8)).toEqual([0, 1]);
});

it("writes no more exponents than fit", () => {
  expect(exponents(-3, 1, 8)).toEqual([-3, -2, -1, 0, 1]);
  expect(exponents(-8, 1, 4)).toEqual([-8, -5, -2, 1]);
});

it("writes powers of ten exactly", () => {
  expect([-5, -3, -2, 0, 2, 4].map(powerOfTen)).toEqual(["1e−5", "0.001", "0.01", "1", "100", "1e4"]);
});
