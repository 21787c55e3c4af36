import { preprocessPresets } from "@bitscape/engine";
import { expect, it } from "vitest";
import {
  presetNameOf,
  readNumber,
  readNumbers,
  readPixels,
  writeNumber,
  writeNumbers,
} from "./preprocessing.ts";

it("knows the presets, whatever the layout, and what is none", () => {
  for (const [name, preprocess] of Object.entries(preprocessPresets)) {
    expect(presetNameOf({ ...preprocess, layout: "nhwc" })).toBe(name);
  }
  expect(presetNameOf({ ...preprocessPresets.unit, scale: 0.3 })).toBeUndefined();
});

it("reads numbers and fractions", () => {
  expect(readNumber("1/255")).toBeCloseTo(1 / 255);
  expect(readNumber(" -0.5 ")).toBe(-0.5);
  for (const text of ["", "a", "1/0", "1/2/3", "1/"]) expect(readNumber(text)).toBeNaN();
});

it("reads one number or one a channel", () => {
  expect(readNumbers("0.5", 3)).toEqual([0.5]);
  expect(readNumbers("1,2, 3", 3)).toEqual([1, 2, 3]);
  expect(readNumbers("1,2", 3)).toBeNull();
  expect(readNumbers("1,x,3", 3)).toBeNull();
});

it("reads pixels", () => {
  expect(["224", "none", "", " None "].map(readPixels)).toEqual([224, "none", "none", "none"]);
  expect(["0", "-1", "1.5", "big"].map(readPixels)).toEqual([null, null, null, null]);
});

it("writes what it reads", () => {
  expect(writeNumber(1 / 255)).toBe("1/255");
  expect(writeNumber(1)).toBe("1");
  expect(writeNumber(0.3)).toBe("0.3");
  expect(writeNumbers([0.485, 127.5])).toBe("0.485, 127.5");
});
