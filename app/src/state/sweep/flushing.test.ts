import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { flushing } from "./flushing.ts";

let frames: (() => void)[] = [];

beforeEach(() => {
  frames = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
  vi.stubGlobal("cancelAnimationFrame", (id: number) => delete frames[id - 1]);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const drawFrame = () => {
  for (const frame of frames.splice(0)) frame?.();
};

it("hands on what has come together, in a frame, ten times a second at most", () => {
  const flush = vi.fn();
  const flushed = flushing(flush);
  for (let i = 0; i < 5; i++) flushed.ask();
  vi.advanceTimersByTime(0);
  expect(flush).not.toHaveBeenCalled();
  drawFrame();
  expect(flush).toHaveBeenCalledTimes(1);
  flushed.ask();
  vi.advanceTimersByTime(99);
  drawFrame();
  expect(flush).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  drawFrame();
  expect(flush).toHaveBeenCalledTimes(2);
});

it("does not wait for frames that a hidden page never draws", () => {
  const flush = vi.fn();
  flushing(flush).ask();
  vi.advanceTimersByTime(300);
  expect(flush).toHaveBeenCalledTimes(1);
});

it("ends at once, and nothing comes later", () => {
  const flush = vi.fn();
  const flushed = flushing(flush);
  flushed.ask();
  flushed.end();
  vi.advanceTimersByTime(1000);
  drawFrame();
  expect(flush).toHaveBeenCalledTimes(1);
});
