import { tensor } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { sameFeed, Trail } from "./trail.ts";

const number = (value: number) => tensor("float32", [], [value]);
const weight = tensor("float32", [2], [1, 2]);
const [early, late] = [{ position: 2 }, { position: 5 }];

test("finds the last cut whose settings are those of before", () => {
  const trail = new Trail<{ position: number }>();
  const settings = { a: number(1), w: weight, b: number(3) };
  expect(trail.find(settings, "integer8")).toBeUndefined();
  const first = trail.begin(early, "integer8", ["a", "x"], settings);
  const second = trail.begin(late, "integer8", ["a", "w"], settings);
  expect(trail.find({ ...settings, b: number(4) }, "integer8")?.kept).toBe(second);
  expect(trail.find(settings, "every")).toBeUndefined();
  const moved = { ...settings, w: tensor("float32", [2], [1, 2]) };
  expect(trail.find(moved, "integer8")?.kept).toBe(first);
  expect(trail.find({ ...settings, a: number(2) }, "integer8")).toBeUndefined();
  // Begun anew, a cut has forgotten what was there.
  first.set("0,1", {});
  expect(trail.begin(early, "integer8", ["a"], { a: number(7) }).size).toBe(0);
  expect(trail.find({ ...settings, a: number(7) }, "integer8")?.cut).toBe(early);
});

test("feeds are the same where they are one tensor, or one number of one type", () => {
  expect(sameFeed(weight, weight)).toBe(true);
  expect(sameFeed(number(1), number(1))).toBe(true);
  expect(sameFeed(number(1), number(2))).toBe(false);
  expect(sameFeed(number(1), tensor("uint8", [], [1]))).toBe(false);
  expect(sameFeed(undefined, number(1))).toBe(false);
});
