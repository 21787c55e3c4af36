import { expect, test } from "vitest";
import { beside } from "./beside.ts";

const tip = { width: 100, height: 40 };
const window = { innerWidth: 500 };
const box = (left: number, top: number) => ({ left, top, bottom: top + 20, width: 60 });

test("a tip is above the middle of what it is of", () => {
  expect(beside(box(200, 300), tip, window)).toEqual({ left: 180, top: 254 });
});

test("it is below where there is no room above", () => {
  expect(beside(box(200, 30), tip, window)).toEqual({ left: 180, top: 56 });
});

test("it stays within the window on both sides", () => {
  expect(beside(box(0, 300), tip, window).left).toBe(8);
  expect(beside(box(440, 300), tip, window).left).toBe(392);
});
