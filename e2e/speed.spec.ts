// Light and quick, by what does not depend on who else uses the machine: bytes over the wire, and the own time of the page's
// main thread while a network of 5000 layers is opened, scrolled and painted, and one of 75 is filled. Seconds are for
// `npm run bench:page`.

import type { Browser, Page } from "@playwright/test";
import { save } from "./files.ts";
import { deepModel } from "./models.ts";
import { expect, patient, test } from "./studio.ts";
import { tasksDuring } from "./thread.ts";

/** Bytes of JavaScript before a model is opened. */
const LIGHT = 280_000;
/** Milliseconds that a task may take. */
const LONG = 50;

test("little is fetched before a model is opened, and the engine with the model", async ({
  page,
  studio,
}) => {
  const fetched = scripts(page);
  // The first visit opens a sample by itself: here its file does not come for now.
  let come = () => {};
  const wanted = new Promise<void>((asked) => {
    const held = new Promise<void>((go) => {
      come = go;
    });
    void page.route(/samples\/.*\.onnx$/, async (route) => {
      asked();
      await held;
      await route.continue();
    });
  });
  await page.goto("/");
  await wanted;
  // The studio answers.
  await page.getByRole("button", { name: "Open a model or data" }).click();
  await expect(page.getByRole("menuitemcheckbox").first()).toBeVisible(patient);
  // Nothing else waits to be done.
  await page.evaluate(() => new Promise((idle) => requestIdleCallback(idle)));
  const before = await fetched();
  note("before a model", `${before.bytes} bytes in ${before.count} scripts`);
  expect(before.count).toBeGreaterThan(5);
  expect(before.bytes).toBeLessThanOrEqual(LIGHT);
  await page.keyboard.press("Escape");
  come();
  await expect(studio.known.first()).toBeVisible(patient);
  const after = await fetched();
  note("with the sample's first cells", `${after.bytes} bytes in ${after.count} scripts`);
  // What was counted before is what grew.
  expect(after.bytes).toBeGreaterThan(before.bytes + 50_000);
});

test("no task holds the page while 5000 layers are opened, scrolled and painted", async ({
  browser,
  page,
  studio,
}, info) => {
  await studio.open();
  const file = await save(info, "deep.onnx", deepModel(1666));
  await quick("opened", browser, page, async () => {
    await studio.drop(file);
    await expect(page.getByRole("treegrid", { name: /sensitivity/i })).toBeVisible(patient);
  });
  await page.getByRole("button", { name: /^Rows/ }).click();
  await page.getByRole("menuitemcheckbox", { name: "Group by module" }).click();
  await expect(studio.heatmap).toHaveAttribute("aria-rowcount", "5002");
  const box = await studio.heatmap.boundingBox();
  if (!box) throw new Error("heatmap: not on the page");
  await page.mouse.move(box.x + 100, box.y + 200);
  await quick("scrolled", browser, page, async () => {
    for (let i = 0; i < 20; i++) {
      await page.mouse.wheel(0, i % 4 === 3 ? 20_000 : 700);
      await drawn(page);
    }
  });
  await page.mouse.wheel(0, -1_000_000);
  const first = studio.heatmap.getByRole("gridcell", { name: /^\/stem\/Conv, weight, 4 bits, / });
  await expect(first).toBeInViewport();
  const from = await first.boundingBox();
  if (!from) throw new Error("cells: not on the page");
  await quick("painted", browser, page, async () => {
    await page.mouse.move(from.x + 10, from.y + 10);
    await page.mouse.down();
    for (let i = 1; i <= 12; i++) {
      await page.mouse.move(from.x + 10, from.y + 10 + 21 * i);
      await drawn(page);
    }
    await page.mouse.up();
  });
  await expect(page.getByRole("button", { name: "Undo" })).toBeEnabled();
});

test("no task holds the page while the cells of 75 layers come", async ({ browser, page, studio }, info) => {
  await studio.open();
  const file = await save(info, "deep.onnx", deepModel(24, 8));
  await quick("filled", browser, page, async () => {
    await studio.drop(file);
    await expect(page.getByRole("treegrid", { name: /sensitivity/i })).toBeVisible(patient);
    // Looked at seldom and cheaply: finding every cell by its role would hold the page itself.
    await page.waitForFunction(
      () => {
        const cell = (words: string) => document.querySelector(`[role="gridcell"][aria-label*="${words}"]`);
        return cell("predicted") !== null && cell("not yet known") === null;
      },
      undefined,
      { polling: 250, ...patient },
    );
  });
});

/** Does something, of which no task may take long by the thread's own clock. */
async function quick(what: string, browser: Browser, page: Page, done: () => Promise<void>): Promise<void> {
  const [longest = 0, ...others] = await tasksDuring(browser, page, done);
  const next = others.slice(0, 2).map((time) => time.toFixed(1));
  note(what, `longest task ${longest.toFixed(1)} ms of its own time, then ${next.join(", ")}`);
  expect(longest, what).toBeLessThanOrEqual(LONG);
}

const note = (type: string, description: string) => test.info().annotations.push({ type, description });

/** What was asked for is on the screen. */
const drawn = (page: Page) => page.evaluate(() => new Promise(requestAnimationFrame));

/** Counts the scripts that the page and its workers fetch, by their bytes over the wire. */
function scripts(page: Page): () => Promise<{ readonly bytes: number; readonly count: number }> {
  const sizes = new Map<string, Promise<number>>();
  page.context().on("requestfinished", (request) => {
    if (/\.m?js$/.test(new URL(request.url()).pathname)) {
      sizes.set(
        request.url(),
        request.sizes().then(({ responseBodySize }) => responseBodySize),
      );
    }
  });
  return async () => {
    // A worker's own file is timed by the page that starts it.
    const timed = await page.evaluate(() =>
      performance.getEntriesByType("resource").map((entry) => {
        const { name, encodedBodySize } = entry as PerformanceResourceTiming;
        return [name, encodedBodySize] as const;
      }),
    );
    const started = new Map(timed);
    let bytes = 0;
    for (const [url, size] of sizes) bytes += (await size) || started.get(url) || 0;
    return { bytes, count: sizes.size };
  };
}
