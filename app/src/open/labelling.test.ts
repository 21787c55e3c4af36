import type { Finding } from "@bitscape/engine";
import { expect, it } from "vitest";
import { readOutput, sameMapping, suggestionWords } from "./labelling.ts";

const report = { classes: 3, outputs: ["cat", "Dog", "cow"] };
const found = (value: number): Finding => ({
  value,
  low: value,
  high: value,
  n: 40,
  source: "measured",
  of: "",
});

it("reads an output by index or by name, and nothing as not counted", () => {
  expect(readOutput(" 2 ", report)).toBe(2);
  expect(readOutput("dog", report)).toBe(1);
  for (const text of ["", "none", "-1"]) expect(readOutput(text, report)).toBe(-1);
  for (const text of ["3", "horse", "1.5"]) expect(readOutput(text, report)).toBeNull();
  expect(readOutput("cat", { classes: 3, outputs: null })).toBeNull();
});

it("compares mappings label by label", () => {
  expect(sameMapping({ a: 1 }, { a: 1 })).toBe(true);
  expect(sameMapping({ a: 1 }, { a: 1, b: 0 })).toBe(false);
});

it("never calls agreement with the network's own answers accuracy", () => {
  const { text } = suggestionWords({ kind: "answers", to: {}, agreement: found(0.9) }, found(0.1));
  expect(text).toContain("is no accuracy");
  const shifted = suggestionWords({ kind: "shift", shift: -1, to: {}, agreement: found(0.9) }, null);
  expect(shifted).toMatchObject({ title: "Labels look shifted by 1", button: "Subtract 1" });
});
