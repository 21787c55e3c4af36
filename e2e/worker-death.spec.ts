// The engine's worker dies in mid-sweep, by whatever hand: the studio says so, starts another, and goes on.

import type { Page } from "@playwright/test";
import { expect, patient, type Studio, test } from "./studio.ts";

test.beforeEach(({ page }) => page.addInitScript(keepWorkers));

test("a worker that is stopped in mid-call, or ends itself, is replaced, and the sweep goes on with nothing lost", async ({
  page,
  studio,
}) => {
  const { layer, size, known } = await begun(studio);
  // It still answers, but its job is gone. Between two steps of a job nothing runs that could be stopped.
  await expect(async () => {
    await interrupt(page);
    await expect(studio.alerts).toHaveText(/The engine stopped .*lost its work/, { timeout: 4000 });
  }).toPass(patient);
  await expect(studio.alerts).toHaveText(/was restarted/, patient);
  expect(await lostOf(known, studio)).toEqual([]);
  await expect(studio.progress).toBeVisible(patient);

  await closeItself(page);
  await expect(studio.alerts).toHaveText(/The engine stopped .*your recipe is intact/, patient);
  await expect(studio.alerts).toHaveText(/was restarted/, patient);

  // What was measured is there, as it was, and the rest is measured by the new worker.
  expect(await lostOf(known, studio)).toEqual([]);
  await studio.filled();
  await expect(studio.cell(layer, 4)).toHaveAttribute("aria-selected", "true");
  expect(await studio.size()).toBe(size);

  // And it answers about other recipes.
  const before = await studio.accuracy();
  expect(before).toBeGreaterThan(50);
  await studio.choose(layer, 2);
  expect(await studio.size()).toBeLessThan(size);
  expect(await studio.accuracy()).not.toBe(before);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(studio.alerts).toHaveCount(0);
});

test("a worker killed again while it comes back is replaced again; the third time, measuring is paused", async ({
  page,
  studio,
}) => {
  const { layer, size, known } = await begun(studio);
  await terminate(page);
  await expect.poll(() => page.evaluate(watched), patient).toBe(2);
  await terminate(page);
  await expect(studio.alerts).toHaveText(/was restarted/, patient);
  expect(await lostOf(known, studio)).toEqual([]);
  await expect(studio.progress).toBeVisible(patient);

  await fail(page);
  await expect(studio.alerts.filter({ hasText: /three times/ })).toHaveText(/measuring is paused/, patient);
  await expect(studio.alerts.filter({ hasText: /was restarted/ })).toBeVisible(patient);
  await expect(studio.progress).toHaveCount(0);
  expect(await lostOf(known, studio)).toEqual([]);
  const paused = await studio.measured.count();
  await studio.sensitivity.getByRole("button", { name: "Resume" }).click();
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(paused);
  await expect(studio.cell(layer, 4)).toHaveAttribute("aria-selected", "true");
  expect(await studio.size()).toBe(size);
});

/** A sweep under way, and a recipe with a choice of its own. */
async function begun(studio: Studio): Promise<{ layer: string; size: number; known: string[] }> {
  await studio.open();
  const [, layer] = (await studio.layers()) as [string, string];
  await studio.choose(layer, 4);
  const size = await studio.size();
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(8);
  const known = await studio.knownCells();
  expect(await studio.unmeasured.count()).toBeGreaterThan(0);
  return { layer, size, known };
}

/** Cells that were known and are not any more, or on fewer samples; more samples may have come meanwhile. */
async function lostOf(known: readonly string[], studio: Studio): Promise<string[]> {
  const now = new Map((await studio.knownCells()).map(samplesOf));
  return known.filter((name) => {
    const [cell, samples] = samplesOf(name);
    return (now.get(cell) ?? 0) < samples;
  });
}

/** "stem/conv, weight, 4 bits", and how many samples it was measured on. */
function samplesOf(name: string): [cell: string, samples: number] {
  const [, cell, samples] = /^(.*?), (?:KL|relative).* measured on ([\d,]+)/.exec(name) ?? [];
  return [cell ?? name, Number(samples)];
}

// ── ways to die. The protocol's own Target.closeTarget refuses dedicated workers.

/** As `close()` in the worker's console of the developer tools. */
async function closeItself(page: Page): Promise<void> {
  const [worker] = await engines(page);
  await worker?.evaluate(() => self.close());
}

/** The engine's workers, the latest last; the solver and the runtime have others. */
async function engines(page: Page): Promise<ReturnType<Page["workers"]>> {
  const workers = page.workers();
  const names = await Promise.all(workers.map((worker) => worker.evaluate(() => self.name)));
  return workers.filter((_, i) => names[i]?.startsWith("bitscape-engine-"));
}

/** From outside, behind the back of whoever started it. */
const terminate = (page: Page) => page.evaluate(() => kept().at(-1)?.terminate());

/** An exception that nobody catches. */
async function fail(page: Page): Promise<void> {
  const worker = (await engines(page)).at(-1);
  await worker?.evaluate(() => void setTimeout(() => JSON.parse("not JSON")));
}

declare function kept(): Worker[];
declare const names: string[];

/** Which worker, from 1 on, the page watches over: it waits for the lock that the worker holds. */
async function watched(): Promise<number> {
  const { pending = [] } = await navigator.locks.query();
  const waitedFor = new Set(pending.map(({ name }) => name));
  return names.map((name) => waitedFor.has(name)).lastIndexOf(true) + 1;
}

/** Runs in the page before anything else: keeps the engine's workers. */
function keepWorkers(): void {
  const workers: Worker[] = [];
  const names: string[] = [];
  Object.assign(window, {
    names,
    kept: () => workers,
    Worker: class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (!options?.name?.startsWith("bitscape-engine-")) return;
        workers.push(this);
        names.push(options.name);
      }
    },
  });
}

/** As stopping the worker's script in the developer tools: it goes on answering messages, but its job is gone. */
async function interrupt(page: Page): Promise<void> {
  const browser = page.context().browser();
  if (!browser) throw new Error("browser: none, expected the one that the tests started");
  const session = await browser.newBrowserCDPSession();
  const { targetInfos } = await session.send("Target.getTargets", { filter: [{ type: "worker" }] });
  const target = targetInfos.find(({ title }) => title.startsWith("bitscape-engine-"));
  if (!target) throw new Error("worker: none, expected the engine's");
  const { sessionId } = await session.send("Target.attachToTarget", {
    targetId: target.targetId,
    flatten: false,
  });
  const message = JSON.stringify({ id: 1, method: "Runtime.terminateExecution" });
  await session.send("Target.sendMessageToTarget", { sessionId, message });
}
