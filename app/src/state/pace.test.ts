import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

it("says nothing until it has seen some steps", () => {
  const pace = new Pace();
  for (const time of [0, 100, 200]) pace.step(time);
  expect(pace.secondsFor(10)).toBeNull();
  pace.step(300);
  expect(pace.secondsFor(10)).toBe(1);
});

it("is not thrown off by a pause, and follows a change of pace", () => {
  const pace = new Pace();
  for (const time of [0, 100, 200, 9000, 9100, 9200]) pace.step(time);
  expect(pace.secondsFor(10)).toBe(1);
  for (let i = 0; i < 30; i++) pace.step(10_000 + 400 * i);
  expect(pace.secondsFor(10)).toBe(4);
});
