// What the page's main thread is busy with, by the thread's own clock: others that use this machine make no difference.

import { type Browser, expect, type Page } from "@playwright/test";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the thread's own time. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds that each task of the main thread was at work while something was done, the longest first. */
export async function tasksDuring(
  browser: Browser,
  page: Page,
  done: () => Promise<void>,
): Promise<number[]> {
  await browser.startTracing(page, {
    categories: ["toplevel", "disabled-by-default-lighthouse", "__metadata"],
  });
  await done();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: readonly TraceEvent[];
  };
  const mains = traceEvents.filter(
    ({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain",
  );
  const own = (event: TraceEvent) => mains.some(({ pid, tid }) => pid === event.pid && tid === event.tid);
  const tasks = traceEvents.flatMap((event) =>
    /RunTask$/.test(event.name) && own(event) ? (event.tdur ?? 0) / 1000 : [],
  );
  expect(tasks.length).toBeGreaterThan(20);
  return tasks.sort((a, b) => b - a);
}
