// Rules, locks and coupling, and the search with interactions.

import { seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { grouped, type Item, optionsOf } from "./items.ts";
import { solve } from "./knapsack.ts";
import { fits, totalsOf } from "./program.ts";
import { jointLoss, localSearch } from "./quadratic.ts";
import { parseRule, ruled, ruleText } from "./rules.ts";
import { bruteForce, randomProgram } from "./testing/programs.ts";

function item(id: string, op: string, size: number, target = "weight"): Item {
  const options = [2, 4, 8].map((bits) => ({
    key: String(bits),
    bits,
    loss: size * 4 ** -bits,
    costs: [size * bits],
    traits: { input: bits > 2 ? "wide" : "narrow" },
  }));
  return { id, op, target, options };
}

const items = [
  item("stem", "Conv", 10),
  item("down", "Conv", 20),
  item("block", "Conv", 30),
  item("head", "Gemm", 5),
];
const keysOf = (left: readonly Item[]) => left.map(({ options }) => options.map(({ key }) => key).join());

describe("rules", () => {
  test.each([
    ["first>=8", ["8", "2,4,8", "2,4,8", "2,4,8"]],
    ["last=4", ["2,4,8", "2,4,8", "2,4,8", "4"]],
    ["op:Conv<=4", ["2,4", "2,4", "2,4", "2,4,8"]],
    ["/^(down|block)$/>=4", ["2,4,8", "4,8", "4,8", "2,4,8"]],
    ["weight all<=2", ["2", "2", "2", "2"]],
  ])("%s", (text, left) => {
    const rule = parseRule(text);
    expect(keysOf(ruled(items, [rule]))).toEqual(left);
    expect(ruleText(rule)).toBe(text);
    expect(keysOf(items)).toEqual(["2,4,8", "2,4,8", "2,4,8", "2,4,8"]);
  });

  test("first and last are counted for each target", () => {
    const both = [...items, item("stem", "Conv", 10, "activation")];
    expect(keysOf(ruled(both, [parseRule("first>=8")]))).toEqual(["8", "2,4,8", "2,4,8", "2,4,8", "8"]);
    expect(keysOf(ruled(both, [parseRule("activation first>=8")]))).toEqual([...keysOf(items), "8"]);
  });

  test("that leave nothing, are about nothing or are none are refused", () => {
    expect(() => ruled(items, [parseRule("last=4"), parseRule("op:Gemm>=8")])).toThrow(
      "rule op:Gemm>=8: leaves head nothing, expected some of 4",
    );
    expect(() => ruled(items, [parseRule("op:LSTM>=8")])).toThrow("about no layer");
    for (const text of ["", "first", "first>8", "middle>=8", "/(/>=4", "first>=many"])
      expect(() => parseRule(text)).toThrow(/^rule: /);
  });
});

describe("coupling", () => {
  test("coupled items become one group with the same key, summed", () => {
    const problem = grouped(items, [{ items: [1, 2] }], [1000]);
    expect(problem.groups).toEqual([[0], [1, 2], [3]]);
    expect([...problem.program.starts]).toEqual([0, 3, 6, 9]);
    expect(problem.program.costs[0]?.[4]).toBe(50 * 4);
    expect(problem.program.loss[4]).toBe(50 * 4 ** -4);
    expect(optionsOf(problem, Int32Array.of(0, 5, 7), 4)).toEqual([0, 2, 2, 1]);
  });

  test("chains of couplings are one group", () => {
    const { groups } = grouped(items, [{ items: [3, 1] }, { items: [1, 0] }], [1]);
    expect(groups).toEqual([[0, 1, 3], [2]]);
  });

  test("a shared trait leaves the rest free", () => {
    const problem = grouped(items, [{ items: [0, 1], trait: "input" }], [1000]);
    const pairs = problem.joints.slice(0, problem.program.starts[1]).map(({ options }) => options.join(""));
    expect(pairs).toEqual(["00", "11", "12", "21", "22"]);
  });

  test("items that cannot agree are named", () => {
    const left = ruled(items, [parseRule("first>=8"), parseRule("last=4")]);
    expect(() => grouped(left, [{ items: [0, 3] }], [1])).toThrow(
      "coupling: stem, head have no option in common",
    );
  });

  test("the coupled optimum is that of brute force over equal keys", () => {
    for (const budget of [140, 200, 260, 333, 400, 519]) {
      const problem = grouped(items, [{ items: [0, 2] }], [budget]);
      const outcome = solve(problem.program);
      const truth = bruteForce(problem.program);
      if (outcome.kind === "infeasible" || !truth) throw new Error("infeasible");
      const options = optionsOf(problem, outcome.answer.picks, 4);
      expect(options[0]).toBe(options[2]);
      const own = options.reduce((sum, o, i) => sum + (items[i]?.options[o]?.loss as number), 0);
      expect(own).toBeCloseTo(truth.loss, 12);
    }
  });
});

test("large groups are pruned without losing the optimum", () => {
  // Weights and inputs multiply; seven layers share their input: 5^8 combinations, most of them beaten.
  const random = seededRandom(4);
  const bits = [2, 3, 4, 6, 8];
  const shared = Array.from({ length: 7 }, (_, i): Item => {
    const macs = 1 + 9 * random();
    const [w, a] = [Math.exp(3 * random()), Math.exp(3 * random())];
    const options = bits.flatMap((bw) =>
      bits.map((ba) => ({
        key: `${bw}/${ba}`,
        bits: bw,
        loss: w * 4 ** -bw + a * 4 ** -ba,
        costs: [macs * bw * ba],
        traits: { activation: String(ba) },
      })),
    );
    return { id: `layer${i}`, op: "Conv", target: "weight", options };
  });
  const budget = shared.reduce((sum, { options }) => sum + (options[12]?.costs[0] as number), 0);
  const { program } = grouped(shared, [{ items: [0, 1, 2, 3, 4, 5, 6], trait: "activation" }], [budget]);
  const outcome = solve(program);
  if (outcome.kind === "infeasible") throw new Error("infeasible");
  // The oracle: each input width by itself, where layers are free.
  const each = bits.map((ba) => {
    const own = shared.map((one) => ({
      ...one,
      options: one.options.filter(({ traits }) => traits?.activation === String(ba)),
    }));
    const answer = solve(grouped(own, [], [budget]).program);
    return answer.kind === "infeasible" ? Number.POSITIVE_INFINITY : answer.answer.loss;
  });
  expect(outcome.answer.loss).toBeCloseTo(Math.min(...each), 12);
});

describe("interactions", () => {
  const program = randomProgram(3, { groups: 6, choices: 4 });
  const random = seededRandom(9);
  const count = program.loss.length;
  const factors = Array.from({ length: count }, (_, i) =>
    Array.from({ length: 8 }, () => Math.sqrt((program.loss[i] as number) / 4) * 4 * (random() - 0.3)),
  );
  const interaction = (i: number, j: number) =>
    (factors[i] as number[]).reduce((sum, x, k) => sum + x * (factors[j]?.[k] as number), 0);
  const outcome = solve(program);
  if (outcome.kind === "infeasible") throw new Error("infeasible");
  const { answer } = outcome;

  test("without them nothing moves from the optimum", () => {
    const found = localSearch(program, answer, () => 0);
    expect([found.moves, found.loss, found.joint]).toEqual([0, answer.loss, answer.loss]);
  });

  test("with them the search ends where no single move and no pair improves", () => {
    const found = localSearch(program, answer, interaction);
    expect(found.joint).toBeLessThanOrEqual(jointLoss(program, answer.picks, interaction));
    expect(found.moves).toBeGreaterThan(0);
    expect(fits(program, found)).toBe(true);
    expect(found.joint).toBeCloseTo(jointLoss(program, found.picks, interaction), 12);
    for (let g = 0; g < 6; g++) {
      for (let h = 0; h < 6; h++) {
        for (let i = 4 * g; i < 4 * g + 4; i++) {
          for (let j = 4 * h; j < 4 * h + 4; j++) {
            const picks = found.picks.slice();
            picks[g] = i;
            if (h !== g) picks[h] = j;
            if (!fits(program, totalsOf(program, picks))) continue;
            expect(jointLoss(program, picks, interaction)).toBeGreaterThanOrEqual(found.joint - 1e-9);
          }
        }
      }
    }
  });
});
