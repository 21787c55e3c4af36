import { describe, expect, test } from "vitest";
import { isAbort, Turns } from "./turn.ts";

const never = new AbortController().signal;

/** A promise and the call that fulfils it. */
function gate(): { open: () => void; opened: Promise<void> } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Lets everything that is ready run. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("background work", () => {
  test("goes on at once where nothing is interactive", async () => {
    await new Turns().background(never);
  });

  test("waits until every interactive job is done, also where one fails", async () => {
    const turns = new Turns();
    const [first, second] = [gate(), gate()];
    const log: string[] = [];
    const jobs = [
      turns.interactive(() => first.opened),
      turns.interactive(async () => {
        await second.opened;
        throw new Error("failed");
      }),
    ];
    const background = turns.background(never).then(() => log.push("background"));
    await settle();
    first.open();
    await jobs[0];
    await settle();
    expect(log).toEqual([]);
    second.open();
    await expect(jobs[1]).rejects.toThrow("failed");
    await background;
    expect(log).toEqual(["background"]);
  });

  test("is cancelled while it waits, and before", async () => {
    const turns = new Turns();
    const held = gate();
    const job = turns.interactive(() => held.opened);
    const controller = new AbortController();
    const waiting = turns.background(controller.signal);
    await settle();
    controller.abort();
    await expect(waiting).rejects.toSatisfy(isAbort);
    await expect(turns.background(controller.signal)).rejects.toSatisfy(isAbort);
    held.open();
    await job;
  });
});

test("a step lets messages in, and hears a cancel", async () => {
  const turns = new Turns();
  const { port1, port2 } = new MessageChannel();
  const controller = new AbortController();
  port1.onmessage = () => controller.abort();
  port2.postMessage("cancel");
  // Some runtimes deliver between the first and the second step.
  const steps = async () => {
    for (let i = 0; i < 100; i++) await turns.step(controller.signal);
  };
  await expect(steps()).rejects.toSatisfy(isAbort);
  port1.close();
});

test("what means cancelled", () => {
  const { signal } = new AbortController();
  expect(isAbort(AbortSignal.abort().reason)).toBe(true);
  expect(isAbort(new Error("AbortError"))).toBe(false);
  expect(isAbort(signal.reason)).toBe(false);
});
