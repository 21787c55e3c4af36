import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { latest } from "./latest.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function recorded(delay = 0) {
  const began: number[] = [];
  const aborted: number[] = [];
  const ends: (() => void)[] = [];
  const runner = latest<number>((input, signal) => {
    began.push(input);
    signal.addEventListener("abort", () => aborted.push(input));
    return new Promise((done) => ends.push(done));
  }, delay);
  return { began, aborted, ends, ...runner };
}

it("runs one at a time, and of what waits only the last", async () => {
  const { ask, began, aborted, ends } = recorded();
  ask(1);
  await vi.runAllTimersAsync();
  ask(2);
  ask(3);
  await vi.runAllTimersAsync();
  expect([began, aborted]).toEqual([[1], [1]]);
  ends[0]?.();
  await vi.runAllTimersAsync();
  expect(began).toEqual([1, 3]);
});

it("waits until asking has calmed down", async () => {
  const { ask, began } = recorded(200);
  ask(1);
  await vi.advanceTimersByTimeAsync(150);
  ask(2);
  await vi.advanceTimersByTimeAsync(150);
  expect(began).toEqual([]);
  await vi.advanceTimersByTimeAsync(60);
  expect(began).toEqual([2]);
});

it("forgets what waits when stopped, and can be asked again", async () => {
  const { ask, stop, began, aborted, ends } = recorded();
  ask(1);
  await vi.runAllTimersAsync();
  ask(2);
  stop();
  ends[0]?.();
  await vi.runAllTimersAsync();
  expect([began, aborted]).toEqual([[1], [1]]);
  ask(3);
  await vi.runAllTimersAsync();
  expect(began).toEqual([1, 3]);
});
