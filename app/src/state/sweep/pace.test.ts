import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

const left = (steps: readonly (readonly [time: number, done: number, total: number])[]) => {
  const pace = new Pace();
  for (const [time, done, total] of steps) pace.step(time, done, total);
  return pace.secondsLeft();
};
const each = (times: readonly number[], total: (i: number) => number) =>
  times.map((time, i) => [time, i, total(i)] as const);

it("says nothing until it has seen some steps", () => {
  expect(left(each([0, 100, 200], () => 13))).toBeNull();
  expect(left(each([0, 100, 200, 300], () => 13))).toBe(1);
});

it("reckons by what the steps did", () => {
  const steps = [
    [0, 0, 170],
    [100, 10, 170],
    [500, 50, 170],
    [700, 70, 170],
  ] as const;
  expect(left(steps)).toBe(1);
});

it("takes a step that did nothing for part of the next", () => {
  const steps = [
    [0, 0, 13],
    [50, 0, 13],
    [100, 1, 13],
    [200, 2, 13],
    [300, 3, 13],
  ] as const;
  expect(left(steps)).toBe(1);
});

it("is not thrown off by a pause, and follows a change of pace", () => {
  const paused = each([0, 100, 200, 9000, 9100, 9200], () => 15);
  expect(left(paused)).toBe(1);
  const slower = Array.from({ length: 30 }, (_, i) => [10_000 + 400 * i, 6 + i, 45] as const);
  expect(left([...paused, ...slower])).toBe(4);
});

it("reckons with work that comes into view as it goes on, and does not promise an end where there is none", () => {
  expect(left(each([0, 100, 200, 300, 400], (i) => 9 + i / 2))).toBeCloseTo(1.4);
  expect(left(each([0, 100, 200, 300, 400], (i) => 9 + i))).toBeNull();
});
