import { expect, test } from "vitest";
import { overlapOf, splitData, splitFlags } from "./split.ts";

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

test("a seed shuffles, the same way each time, and loses none", () => {
  const { calibration, evaluation } = splitData(200, { calibration: 50, seed: 7 });
  expect(splitData(200, { calibration: 50, seed: 7 })).toEqual({ calibration, evaluation });
  expect(splitData(200, { calibration: 50, seed: 8 }).calibration).not.toEqual(calibration);
  expect([...calibration, ...evaluation].sort((a, b) => a - b)).toEqual(splitData(200).evaluation);
  expect(calibration).not.toEqual(splitData(200, { calibration: 50 }).calibration);
});

test("by label: each class has its share of both parts", () => {
  // Sorted by class, 100, 60 and 40 of them: the first 50 in order would all be of one.
  const labels = Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : i < 160 ? 1 : 2));
  for (const seed of [undefined, 3]) {
    const split = splitData(
      200,
      { calibration: 50, stratified: true, ...(seed !== undefined && { seed }) },
      labels,
    );
    const counts = [0, 1, 2].map((label) => split.calibration.filter((i) => labels[i] === label).length);
    expect(counts).toEqual([25, 15, 10]);
    expect(overlapOf(split)).toBe(0);
  }
  expect(() => splitData(10, { stratified: true })).toThrow("one label a sample");
});

test("shares, and overlap only where it is asked for", () => {
  expect(splitData(90, { calibration: { share: 1 / 3 } }).calibration.length).toBe(30);
  expect(() => splitData(90, { calibration: { share: 1.5 } })).toThrow("a share of 1.5, expected 0 to 1");
  const both = splitData(90, { calibration: 30, overlap: true });
  expect([both.calibration.length, both.evaluation.length, overlapOf(both)]).toEqual([30, 90, 30]);
  expect(() => splitData(90, { evaluation: 30, overlap: true })).toThrow("expected no number");
});

test("keeps the two apart by itself, by label, where there are enough samples", () => {
  // As in folders, one class after the other: the first hundred samples would be of one class alone.
  const labels = Array.from({ length: 2000 }, (_, i) => Math.floor(i / 200));
  const { calibration, evaluation } = splitData(2000, { apart: true }, labels);
  expect([calibration.length, evaluation.length]).toEqual([128, 1872]);
  expect(new Set([...calibration, ...evaluation]).size).toBe(2000);
  const counts = Array.from({ length: 10 }, (_, k) => calibration.filter((i) => labels[i] === k).length);
  for (const count of counts) expect([12, 13]).toContain(count);
  expect(splitData(2000, { apart: true, seed: 1 }, labels).calibration).not.toEqual(calibration);
  // Without labels, and with several a sample.
  expect(splitData(200, { apart: true }).calibration.length).toBe(50);
  expect(splitData(200, { apart: true }, labels).evaluation.length).toBe(150);
  // Too few to set any aside.
  const few = splitData(31, { apart: true });
  expect([few.calibration.length, few.evaluation.length, overlapOf(few)]).toEqual([31, 31, 31]);
  expect(overlapOf(splitData(32, { apart: true }))).toBe(0);
});

test("a split in the command line's words, where it has some", () => {
  expect(splitFlags({})).toBe("");
  expect(splitFlags({ apart: true })).toBe("--calibration apart");
  expect(splitFlags({ apart: true, seed: 4 })).toBe("--calibration apart --seed 4");
  expect(splitFlags({ calibration: 128, evaluation: { share: 0.25 } })).toBe(
    "--calibration 128 --evaluation 25%",
  );
  expect(splitFlags({ calibration: 20, seed: 0 })).toBeNull();
  expect(splitFlags({ overlap: true })).toBeNull();
});
