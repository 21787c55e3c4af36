// The process against a naive inverse; what is believed of joint losses against simulated networks whose truth is known; and
// the shrinking of lucky cells.

import { seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import type { JointPoint, Part } from "./belief.ts";
import { beliefOf, shapeOf } from "./belief.ts";
import { jointLossOf } from "./joint.ts";
import { posteriorOf } from "./process.ts";
import { shrunk } from "./shrunk.ts";

/** Standard normal values from a seed (Box and Muller). */
function normalsOf(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

test("the process agrees with a naive inverse, and goes through a value without noise", () => {
  const at = [0, 0.7, 2];
  const kernel = (x: number, y: number) => 1.5 * Math.exp(-((x - y) ** 2) / 2);
  const noise = [0.1, 0.2, 0.3];
  const values = [1, -0.5, 0.25];
  const posterior = posteriorOf((i, j) => kernel(at[i] as number, at[j] as number), noise, values);
  // Solves the same by Gauss–Jordan.
  const solve = (b: readonly number[]) => {
    const m = at.map((x, i) => [
      ...at.map((y, j) => kernel(x, y) + (i === j ? (noise[i] as number) : 0)),
      b[i] as number,
    ]);
    for (let k = 0; k < 3; k++) {
      const pivot = (m[k] as number[])[k] as number;
      m[k] = (m[k] as number[]).map((each) => each / pivot);
      for (let i = 0; i < 3; i++) {
        const factor = (m[i] as number[])[k] as number;
        if (i !== k)
          m[i] = (m[i] as number[]).map((each, c) => each - factor * ((m[k] as number[])[c] as number));
      }
    }
    return m.map((row) => row[3] as number);
  };
  const here = at.map((x) => kernel(x, 1.1));
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((s, x, i) => s + x * (b[i] as number), 0);
  const { mean, variance } = posterior.at(here, 1.5);
  expect(mean).toBeCloseTo(dot(here, solve(values)), 10);
  expect(variance).toBeCloseTo(1.5 - dot(here, solve(here)), 10);
  const exact = posteriorOf(() => 1, [1e-12], [3]).at([1], 1);
  expect(exact.mean).toBeCloseTo(3, 6);
  expect(exact.variance).toBeCloseTo(0, 6);
});

/** A network's layers: what each really loses, and what a cell of few samples said of it. */
function simulated(seed: number) {
  const normal = normalsOf(seed);
  const shared = 0.4 * normal();
  const own = Array.from({ length: 12 }, (_, i) => {
    const truth = 0.01 * Math.exp(normal());
    const value = truth * Math.exp(shared + 0.3 * normal());
    // A 95 % interval of an error of ½ in the logarithm.
    return { layer: `layer${i}`, truth, value, half: value * (Math.exp(1.96 * 0.5) - 1) };
  });
  const pick = () => own.filter(() => normal() > 0);
  const joint = (parts: readonly { truth: number }[]) =>
    parts.reduce((sum, { truth }) => sum + truth, 0) * Math.exp(0.15 * normal());
  return { pick, joint };
}

describe("what is believed of a joint loss", () => {
  test("covers simulated joint losses, and learns from measured ones to be nearer and surer", () => {
    let [covered, coveredAfter, count, before, after, wide, narrow] = [0, 0, 0, 0, 0, 0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const { pick, joint } = simulated(seed);
      const parts = pick();
      const known = Array.from({ length: 6 }, (): JointPoint => {
        const other = pick();
        const predicted = other.reduce((sum, { value }) => sum + value, 0);
        return { predicted, measured: joint(other), parts: other, error: 0.05 };
      }).filter(({ predicted }) => predicted > 0);
      if (parts.length === 0) continue;
      const truth = joint(parts);
      const first = jointLossOf(parts);
      const second = jointLossOf(parts, undefined, known);
      const inside = ({ low, high }: typeof first) => (truth >= low && truth <= high ? 1 : 0);
      covered += inside(first);
      coveredAfter += inside(second);
      before += Math.log(first.value / truth) ** 2;
      after += Math.log(second.value / truth) ** 2;
      wide += Math.log(first.high / first.low);
      narrow += Math.log(second.high / second.low);
      count++;
    }
    expect(covered / count).toBeGreaterThan(0.85);
    expect(coveredAfter / count).toBeGreaterThan(0.85);
    expect(after).toBeLessThan(0.5 * before);
    expect(narrow).toBeLessThan(0.8 * wide);
    // "Anything" would cover too: half an interval is less than a factor of six.
    expect(wide / count / 2).toBeLessThan(Math.log(6));
  });

  test("a recipe that lost more than predicted makes those more doubtful that share its parts", () => {
    const part = (layer: string): Part => ({ layer, value: 1, half: 0.2 });
    const [a, b] = [
      [part("a"), part("b")],
      [part("c"), part("d")],
    ];
    const belief = beliefOf([{ predicted: 2, measured: 5 }], [shapeOf(a, 2)]);
    const [same, other] = [belief.of(shapeOf(a, 2)), belief.of(shapeOf(b, 2))];
    expect(same.mean).toBeGreaterThan(other.mean);
    expect(other.mean).toBeGreaterThan(beliefOf([], []).of(shapeOf(b, 2)).mean);
    expect(same.deviation).toBeLessThan(other.deviation);
  });
});

describe("lucky cells", () => {
  const rows = Array.from({ length: 10 }, (_, i) => `row${i}`);
  const columns = ["2", "3", "4", "8"];
  const table = (real: number, noise: number, seed: number) => {
    const normal = normalsOf(seed);
    const layer = rows.map(() => normal());
    return rows.flatMap((row, i) =>
      columns.map((column, k) => {
        const truth = Math.exp((layer[i] as number) - 1.4 * k + real * normal());
        return { row, column, truth, value: truth * Math.exp(noise * normal()), error: noise * Math.SQRT2 };
      }),
    );
  };
  const errorOf = (cells: readonly { truth: number }[], values: readonly number[]) =>
    cells.reduce((sum, { truth }, i) => sum + Math.log((values[i] as number) / truth) ** 2, 0);

  test("come nearer to the truth where there is noise, and stay where there is none", () => {
    let [raw, moved, chosen, fairly] = [0, 0, 0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const cells = table(0.3, 0.4, seed);
      const values = shrunk(cells);
      raw += errorOf(
        cells,
        cells.map(({ value }) => value),
      );
      moved += errorOf(cells, values);
      // The best-looking half of a column was lucky.
      const own = cells.flatMap((cell, i) =>
        cell.column === "3" ? [{ ...cell, now: values[i] as number }] : [],
      );
      const best = (by: (cell: (typeof own)[number]) => number) =>
        own.toSorted((a, b) => by(a) / a.truth - by(b) / b.truth).slice(0, 5);
      for (const { value, truth } of best((cell) => cell.value)) chosen += Math.log(truth / value);
      for (const { now, truth } of best((cell) => cell.now)) fairly += Math.log(truth / now);
    }
    expect(moved).toBeLessThan(0.8 * raw);
    expect(fairly).toBeLessThan(chosen);
    const exact = table(0.3, 0, 1);
    for (const [i, value] of shrunk(exact).entries())
      expect(value).toBeCloseTo(exact[i]?.truth as number, 12);
  });

  test("stay where a table is too small, or where nothing is lost", () => {
    const few = table(0.3, 0.4, 1).slice(0, 8);
    expect(shrunk(few)).toEqual(few.map(({ value }) => value));
    const zeros = table(0.3, 0.4, 2).map((cell) => ({ ...cell, value: 0 }));
    expect(shrunk(zeros)).toEqual(zeros.map(() => 0));
  });
});
