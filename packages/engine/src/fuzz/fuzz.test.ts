// A slice of `pnpm fuzz`, the same cases every time.

import { expect, it } from "vitest";
import { attempt, caseFile, fuzzFiles } from "./index.ts";

it("opening damaged and altered files gives a model or a sentence", async () => {
  const counts = { model: 0, sentence: 0, fault: 0 };
  const faults: string[] = [];
  for (let index = 0; index < 600; index++) {
    const outcome = await attempt(caseFile(fuzzFiles, 1, index));
    counts[outcome.kind]++;
    if (outcome.kind === "fault") faults.push(`case ${index}: ${outcome.text}`);
  }
  expect(faults).toEqual([]);
  // Cases that are all alike would try nothing.
  expect(Math.min(counts.model, counts.sentence)).toBeGreaterThan(100);
});
