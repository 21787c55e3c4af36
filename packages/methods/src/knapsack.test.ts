// Programs against brute force, and the properties that bounds and fronts have.

import { describe, expect, test } from "vitest";
import { branchAndBound } from "./branch.ts";
import { convexFront, picksAfter, placeOf } from "./hull.ts";
import { type Answer, type Outcome, solve, solveProven } from "./knapsack.ts";
import { relax } from "./lagrangian.ts";
import { exactFront } from "./pareto.ts";
import { fits, type Program, programOf } from "./program.ts";
import type { IntegerSolver } from "./solver.ts";
import { bruteForce, randomProgram } from "./testing/programs.ts";

function answered(outcome: Outcome): Answer {
  if (outcome.kind === "infeasible") throw new Error(`infeasible: ${JSON.stringify(outcome.shortfalls)}`);
  return outcome.answer;
}

describe("brute force agrees", () => {
  test("on 500 random instances of one to three budgets", () => {
    let infeasible = 0;
    for (let seed = 0; seed < 500; seed++) {
      const groups = 2 + (seed % 5);
      const program = randomProgram(seed, {
        groups,
        choices: groups > 4 ? 3 : 4,
        resources: 1 + (seed % 3),
        noise: seed % 2 ? 0.3 : 1,
      });
      const truth = bruteForce(program);
      const outcome = solve(program);
      if (!truth) {
        infeasible++;
        expect(outcome.kind).toBe("infeasible");
        continue;
      }
      const answer = answered(outcome);
      expect(answer.loss).toBeCloseTo(truth.loss, 10);
      expect(answer.gap).toBe(0);
      expect(fits(program, answer)).toBe(true);
    }
    // Budgets that only together cannot be kept must be among them, and be rare.
    expect(infeasible).toBeGreaterThan(0);
    expect(infeasible).toBeLessThan(100);
  });
});

describe("relaxation", () => {
  const sizes = [
    { groups: 60, choices: 8, resources: 1 },
    { groups: 60, choices: 8, resources: 3 },
    { groups: 200, choices: 6, resources: 2 },
    { groups: 1000, choices: 8, resources: 1 },
  ];
  test.each(sizes)("bounds $groups × $choices with $resources budgets from both sides", (size) => {
    for (const seed of [1, 2, 3]) {
      const program = randomProgram(seed, size);
      const { best, bound } = relax(program);
      if (!best) throw new Error("nothing found");
      expect(fits(program, best)).toBe(true);
      expect(best.loss).toBeGreaterThanOrEqual(bound - 1e-12 * bound);
      expect((best.loss - bound) / best.loss).toBeLessThan(size.resources === 1 ? 0.01 : 0.05);
    }
  });

  test("bounds from below what brute force finds", () => {
    for (let seed = 0; seed < 60; seed++) {
      const program = randomProgram(seed, { groups: 6, choices: 3, resources: 2, noise: 1 });
      const truth = bruteForce(program);
      if (truth) expect(relax(program).bound).toBeLessThanOrEqual(truth.loss * (1 + 1e-12));
    }
  });

  test("a floor is a budget of negative costs", () => {
    const choice = (bits: number) => ({ loss: 1 / bits, costs: [bits, -bits] });
    const program = programOf(
      [
        [choice(2), choice(4)],
        [choice(2), choice(8)],
      ],
      [100, -7],
    );
    expect(answered(solve({ ...program, loss: program.loss.map((x) => -x) })).costs).toEqual([10, -10]);
  });

  test("where no budget binds the least losses are the answer", () => {
    const program = { ...randomProgram(5, { groups: 30, choices: 5 }), budgets: [1e9] };
    expect(answered(solve(program))).toMatchObject({ gap: 0, loss: relax(program).bound });
  });
});

describe("front", () => {
  const program = randomProgram(7, { groups: 12, choices: 4, noise: 0.6 });
  const front = convexFront(program);
  test("costs rise, losses fall, slopes flatten", () => {
    for (let k = 1; k < front.cost.length; k++) {
      const rise = (front.cost[k] as number) - (front.cost[k - 1] as number);
      const fall = (front.loss[k - 1] as number) - (front.loss[k] as number);
      expect(rise).toBeGreaterThan(0);
      expect(fall).toBeGreaterThan(0);
      if (k === 1) continue;
      const before = (front.loss[k - 2] as number) - (front.loss[k - 1] as number);
      const width = (front.cost[k - 1] as number) - (front.cost[k - 2] as number);
      expect(fall / rise).toBeLessThanOrEqual((before / width) * (1 + 1e-12));
    }
  });

  test("every place on it is a choice, and lies on the exact front", () => {
    const exact = exactFront(program);
    if (!exact) throw new Error("too many states");
    const costs = exact.map(({ cost }) => cost);
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
    for (let k = 0; k < front.cost.length; k++) {
      const { loss, costs: taken } = picksAfter(front, k);
      expect(loss).toBeCloseTo(front.loss[k] as number, 10);
      const best = exact.findLast(({ cost }) => cost <= (taken[0] as number) * (1 + 1e-12));
      expect(best?.loss).toBeCloseTo(loss, 10);
    }
  });

  test("the exact front is what each budget's proven answer says", () => {
    const exact = exactFront(program) ?? [];
    for (const at of [0, 0.1, 0.33, 0.5, 0.8, 1]) {
      const point = exact[Math.floor(at * (exact.length - 1))];
      if (!point) throw new Error("no point");
      const { best, complete } = branchAndBound({ ...program, budgets: [point.cost] });
      expect(complete).toBe(true);
      expect(best?.loss).toBeCloseTo(point.loss, 10);
    }
    expect(exactFront(program, 0, 5)).toBeUndefined();
  });

  test("a budget's place bounds its answer", () => {
    const budget = ((front.cost[3] as number) + (front.cost[4] as number)) / 2;
    const place = placeOf(front, budget);
    expect(place?.count).toBe(3);
    expect(place?.bound).toBeCloseTo(((front.loss[3] as number) + (front.loss[4] as number)) / 2, 10);
    expect(placeOf(front, (front.cost[0] as number) * 0.99)).toBeUndefined();
  });
});

describe("infeasible budgets", () => {
  const program = programOf(
    [
      [
        { loss: 3, costs: [1, 9] },
        { loss: 1, costs: [4, 2] },
      ],
      [
        { loss: 3, costs: [2, 5] },
        { loss: 1, costs: [6, 1] },
      ],
    ],
    [3, 100],
  );
  test("say the least that can be had of one", () => {
    expect(solve({ ...program, budgets: [2.5, 100] })).toEqual({
      kind: "infeasible",
      shortfalls: [{ resource: 0, budget: 2.5, least: 3, given: false }],
      proven: true,
    });
  });

  test("say what the others leave where only all together cannot be kept", () => {
    expect(solve({ ...program, budgets: [6, 6] })).toEqual({
      kind: "infeasible",
      shortfalls: [
        { resource: 0, budget: 6, least: 10, given: true },
        { resource: 1, budget: 6, least: 7, given: true },
      ],
      proven: true,
    });
  });
});

describe("a solver that is passed in", () => {
  const program = randomProgram(11, { groups: 40, choices: 6 });
  const fake =
    (
      values: (program: Program) => Float64Array | undefined,
      status: "optimal" | "infeasible" = "optimal",
    ): IntegerSolver =>
    async () => ({ status, values: values(program), bound: Number.NEGATIVE_INFINITY });
  const at = (pick: (from: number, to: number) => number) => (of: Program) => {
    const values = new Float64Array(of.loss.length);
    for (let g = 0; g + 1 < of.starts.length; g++)
      values[pick(of.starts[g] as number, (of.starts[g + 1] as number) - 1)] = 1;
    return values;
  };

  test("is not believed where it exceeds a budget or does worse", async () => {
    const own = relax(program);
    for (const pick of [(_: number, to: number) => to, (from: number) => from]) {
      const answer = answered(await solveProven(program, fake(at(pick))));
      expect(fits(program, answer)).toBe(true);
      expect(answer.loss).toBeLessThanOrEqual(own.best?.loss as number);
      expect(answer.gap).toBeGreaterThan(0);
    }
  });

  test("that found nothing in its time leaves what is known, and claims nothing", async () => {
    const idle: IntegerSolver = async () => ({
      status: "stopped",
      values: undefined,
      bound: Number.NEGATIVE_INFINITY,
    });
    expect(answered(await solveProven(program, idle)).loss).toBe(relax(program).best?.loss);
    // Together they cannot be kept, which neither the relaxation nor this solver proves.
    const hard = programOf(
      [
        [3, 5],
        [3, 5],
        [3, 5],
      ].map((costs) => costs.map((cost) => ({ loss: cost, costs: [cost, -cost] }))),
      [10, -10],
    );
    expect(await solveProven(hard, idle)).toMatchObject({ kind: "infeasible", proven: false });
    expect(solve(hard)).toMatchObject({ kind: "infeasible", proven: true });
  });

  test("that denies what is known is refused", async () => {
    await expect(
      solveProven(
        program,
        fake(() => undefined, "infeasible"),
      ),
    ).rejects.toThrow("expected one");
  });
});

test("programs refuse what is no program", () => {
  expect(() => programOf([[]], [1])).toThrow("group 0: no choices");
  expect(() => programOf([[{ loss: 1, costs: [] }]], [1])).toThrow("0 costs, expected 1");
  expect(() => programOf([], [Number.NaN])).toThrow("budget 0: NaN");
  expect(() => programOf([[{ loss: Number.NaN, costs: [1] }]], [1])).toThrow("finite");
});
