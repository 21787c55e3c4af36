import { type DataSummary, preprocessPresets } from "@bitscape/engine";
import { expect, it } from "vitest";
import { floatHint } from "./floatHint.ts";

const data: DataSummary = {
  name: "val",
  kind: "real",
  size: 1000,
  labelled: true,
  classes: 1000,
  skipped: [],
  preprocess: preprocessPresets.imagenet,
  calibration: 500,
  evaluation: 500,
  labelProblem: null,
};
const top1 = (value: number, n = 500) =>
  ({
    value,
    low: Math.max(0, value - 0.01),
    high: value + 0.01,
    n,
    source: "measured",
    of: "float",
  }) as const;

it("speaks up near chance", () => {
  expect(floatHint(top1(0.001), data)).toBe("float top-1 is 0.1 %: the preprocessing is probably wrong");
  expect(floatHint(top1(0.1), { ...data, classes: 10, preprocess: null })).toContain("scaling");
});

it("stays silent where the network clearly knows something, or nothing can be said", () => {
  expect(floatHint(top1(0.576), data)).toBeNull();
  expect(floatHint(top1(0.3), { ...data, classes: 10 })).toBeNull();
  expect(floatHint(top1(0.001, 16), data)).toBeNull();
  expect(floatHint(null, data)).toBeNull();
  expect(floatHint(top1(0.001), { ...data, labelled: false })).toBeNull();
});

it("does not call half right on two classes good", () => {
  expect(floatHint(top1(0.5), { ...data, classes: 2 })).toContain("50.0 %");
});
