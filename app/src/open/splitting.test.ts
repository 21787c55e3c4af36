import { splitData } from "@bitscape/engine";
import { expect, it } from "vitest";
import { type Draft, draftOf, faultOf, splitOf, wordsOf } from "./splitting.ts";

const sizes = { size: 200, calibration: 128, evaluation: 200 };

it("shows what became of data that nobody split", () => {
  expect(draftOf(undefined, sizes)).toEqual({
    overlap: true,
    calibration: 128,
    unit: "samples",
    evaluation: null,
    seed: null,
    stratified: false,
  });
});

it("shows what became of data that the engine split by itself", () => {
  const apart = { size: 200, calibration: 50, evaluation: 150, labelled: true };
  const draft = draftOf({ apart: true }, apart);
  expect(draft).toEqual({
    overlap: false,
    calibration: 50,
    unit: "samples",
    evaluation: null,
    seed: 0,
    stratified: true,
  });
  // What the form would ask for is what the engine did.
  const labels = Array.from({ length: 200 }, (_, i) => i % 7);
  expect(splitData(200, splitOf(draft), labels)).toEqual(splitData(200, { apart: true }, labels));
  expect(draftOf({ apart: true }, { size: 9, calibration: 9, evaluation: 9 }).overlap).toBe(true);
});

it("keeps what is asked for on the way to the engine and back", () => {
  const drafts: Draft[] = [
    { overlap: false, calibration: 20, unit: "share", evaluation: null, seed: 3, stratified: true },
    { overlap: false, calibration: 50, unit: "samples", evaluation: 100, seed: null, stratified: false },
    { overlap: true, calibration: 60, unit: "samples", evaluation: null, seed: null, stratified: false },
  ];
  for (const draft of drafts) expect(draftOf(splitOf(draft), sizes)).toEqual(draft);
});

it("says why a split cannot be had, exactly where the engine would refuse or be left with nothing", () => {
  for (const calibration of [1, 50, 199, 200]) {
    for (const evaluation of [null, 1, 150]) {
      const draft: Draft = {
        overlap: false,
        calibration,
        unit: "samples",
        evaluation,
        seed: null,
        stratified: false,
      };
      let usable: boolean;
      try {
        usable = splitData(200, splitOf(draft)).evaluation.length > 0;
      } catch {
        usable = false;
      }
      expect(faultOf(draft, sizes) === null, JSON.stringify(draft)).toBe(usable);
    }
  }
});

it("tells the overlap in words", () => {
  expect(wordsOf({ ...sizes, overlap: 128 })).toBe(
    "Of 200 samples 128 calibrate, 200 are evaluated; those that calibrate are in both.",
  );
  expect(wordsOf({ size: 200, calibration: 40, evaluation: 160, overlap: 0 })).toContain("never overlap");
});
