// HiGHS against brute force and the own proof.

import {
  branchAndBound,
  fits,
  groupCount,
  type Outcome,
  relax,
  solveExactly,
  solveProven,
} from "@bitscape/methods";
import { bruteForce, randomProgram } from "@bitscape/methods/testing";
import loadHighs from "highs";
import { expect, test } from "vitest";
import { highsSolver } from "./highs.ts";

let loads = 0;
const solver = highsSolver(() => {
  loads++;
  return loadHighs();
});

function lossOf(outcome: Outcome): number | undefined {
  return outcome.kind === "answer" ? outcome.answer.loss : undefined;
}

test("agrees with brute force on 60 small programs, those without an answer among them", async () => {
  let infeasible = 0;
  for (let seed = 0; seed < 60; seed++) {
    const program = randomProgram(seed, { groups: 4, choices: 4, resources: 1 + (seed % 3), noise: 1 });
    const truth = bruteForce(program);
    const outcome = await solveProven(program, solver);
    if (!truth) infeasible++;
    if (truth) expect(lossOf(outcome)).toBeCloseTo(truth.loss, 10);
    else expect(outcome.kind).toBe("infeasible");
    if (outcome.kind === "answer") expect(outcome.answer.gap).toBe(0);
  }
  expect(infeasible).toBeGreaterThan(0);
  expect(loads).toBe(1);
});

test("proves what the relaxation leaves open, and agrees with branch and bound", async () => {
  for (const seed of [1, 2, 3]) {
    const program = randomProgram(seed, { groups: 60, choices: 8 });
    const relaxed = relax(program);
    const found = await solveExactly(program, relaxed, solver);
    if (!found.best || !relaxed.best) throw new Error("nothing found");
    expect(groupCount(program)).toBe(60);
    expect(fits(program, found.best)).toBe(true);
    expect(found.bound).toBe(found.best.loss);
    expect(found.best.loss).toBeLessThanOrEqual(relaxed.best.loss);
    expect(found.best.loss).toBeGreaterThanOrEqual(relaxed.bound * (1 - 1e-12));
    const { best, complete } = branchAndBound(program, relaxed);
    if (complete) expect(best?.loss).toBeCloseTo(found.best.loss, 10);
  }
});

test("losses far below a solver's tolerance are told apart", async () => {
  const program = randomProgram(8, { groups: 5, choices: 4 });
  const tiny = { ...program, loss: program.loss.map((loss) => loss * 1e-9) };
  const truth = bruteForce(tiny);
  const outcome = await solveProven(tiny, solver);
  expect(lossOf(outcome)).toBe(truth?.loss);
});
