// A reload in the middle of a sweep: the study is back with its recipe and everything measured so far, and goes on.

import { expect, patient, test } from "./studio.ts";

test("a reload in mid-sweep brings the study back", async ({ page, studio }) => {
  await studio.open();
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(20);
  const [, layer] = (await studio.layers()) as [string, string];
  await studio.choose(layer, 4);
  const size = await studio.size();
  // Kept a moment after a change; a page that is left keeps at once.
  await page.goto("about:blank");
  await page.goBack();
  await expect(studio.measured.first()).toBeVisible(patient);
  expect(await studio.measured.count()).toBeGreaterThan(20);
  expect(await studio.size()).toBe(size);
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(60);
  await studio.choose(layer, 2);
  expect(await studio.size()).toBeLessThan(size);
  await expect(studio.alerts).toHaveCount(0);
});
