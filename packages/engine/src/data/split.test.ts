import { expect, test } from "vitest";
import { splitData } from "./split.ts";

const ends = (indices: number[]) => [indices.length, indices[0], indices.at(-1)];

test("neither: 128 calibrate, all are evaluated", () => {
  const { calibration, evaluation } = splitData(500);
  expect(ends(calibration)).toEqual([128, 0, 127]);
  expect(ends(evaluation)).toEqual([500, 0, 499]);
  expect(splitData(10).calibration.length).toBe(10);
});

test("both: one after the other", () => {
  const { calibration, evaluation } = splitData(500, { calibration: 100, evaluation: 200 });
  expect(ends(calibration)).toEqual([100, 0, 99]);
  expect(ends(evaluation)).toEqual([200, 100, 299]);
});

test("one: the other takes what is left", () => {
  expect(ends(splitData(500, { calibration: 100 }).evaluation)).toEqual([400, 100, 499]);
  const last = splitData(200, { evaluation: 150 });
  expect(ends(last.evaluation)).toEqual([150, 50, 199]);
  expect(ends(last.calibration)).toEqual([50, 0, 49]);
  expect(splitData(200, { evaluation: 200 }).calibration).toEqual([]);
});

test("asked-for parts never overlap", () => {
  for (const options of [{ calibration: 3, evaluation: 7 }, { calibration: 4 }, { evaluation: 6 }]) {
    const { calibration, evaluation } = splitData(10, options);
    expect(calibration.filter((index) => evaluation.includes(index))).toEqual([]);
  }
});

test("too few samples", () => {
  expect(() => splitData(100, { calibration: 60, evaluation: 50 })).toThrow(
    "data: 100 samples, expected 110",
  );
  expect(() => splitData(100, { calibration: 101 })).toThrow("calibration: 101 samples asked for");
  expect(() => splitData(100, { evaluation: 1.5 })).toThrow("expected a whole number");
});
