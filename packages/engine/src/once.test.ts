import { expect, test } from "vitest";
import { Once } from "./once.ts";

const abort = () => new DOMException("cancelled", "AbortError");

/** A computation that goes on until it is made to fail. */
function pending() {
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<string>((_, reject) => {
    fail = reject;
  });
  return { promise, fail };
}

test("many who ask for a key wait for one computation, and later ones have it", async () => {
  const once = new Once<number>();
  let count = 0;
  const compute = async () => ++count;
  expect(await Promise.all([once.get("a", compute), once.get("a", compute)])).toEqual([1, 1]);
  expect(await once.get("a", compute)).toBe(1);
  expect(await once.get("b", compute)).toBe(2);
  once.delete("a");
  expect(await once.get("a", compute)).toBe(3);
  expect(once.keys()).toEqual(["b", "a"]);
});

test("where the first is cancelled, the next that waits computes it; the first hears of its cancel", async () => {
  const once = new Once<string>();
  const cancelled = pending();
  const first = once.get("a", () => cancelled.promise);
  const second = once.get("a", async () => "by the second");
  cancelled.fail(abort());
  await expect(first).rejects.toThrow("cancelled");
  expect(await second).toBe("by the second");
});

test("a failure is everybody's who waits, and is not kept", async () => {
  const once = new Once<string>();
  const failing = pending();
  const both = [once.get("a", () => failing.promise), once.get("a", async () => "never")];
  failing.fail(new Error("no such layer"));
  for (const each of both) await expect(each).rejects.toThrow("no such layer");
  expect(await once.get("a", async () => "again")).toBe("again");
});
