import { describe, expect, it } from "vitest";
import { allCompatible, isCompatible } from "./compatible.ts";
import { allChanges, changesOf } from "./history.ts";
import { allSteps, stepTo } from "./steps.ts";

describe("changes of ops between opsets 7 and 26", () => {
  it("are all decided: converted or refused by a step, or reviewed as compatible, never both", () => {
    const undecided = allChanges().filter(
      ([op, version]) => (stepTo(op, version) !== undefined) === isCompatible(op, version),
    );
    expect(undecided).toEqual([]);
    expect(allChanges()).toHaveLength(349);
  });

  it("are what steps and reviews speak of", () => {
    const listed = (op: string, version: number) => changesOf(op, version - 1, version).includes(version);
    const decided = [...allSteps().map(([op, step]) => [op, step.to] as const), ...allCompatible()];
    expect(decided.filter(([op, version]) => !listed(op, version))).toEqual([]);
  });

  it("come in ascending order, within the asked range", () => {
    expect(changesOf("Resize", 10, 21)).toEqual([11, 13, 18, 19]);
    expect(changesOf("Resize", 13, 18)).toEqual([18]);
    expect(changesOf("NoSuchOp", 7, 26)).toEqual([]);
  });

  it("are converted by steps in ascending order", () => {
    for (const [op, step] of allSteps()) {
      expect(step.from, `${op} ${step.to}`).toBeLessThan(step.to);
    }
  });
});
