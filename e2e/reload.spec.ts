// A reload in the middle of a sweep: the page comes back to a working state.

import { expect, patient, test } from "./studio.ts";

test("a reload in mid-sweep comes back to a studio that works", async ({ page, studio }) => {
  await studio.open();
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(5);
  await page.reload();
  await expect(studio.measured.first()).toBeVisible(patient);
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(5);
  const size = await studio.size();
  const [, layer] = (await studio.layers()) as [string, string];
  await studio.choose(layer, 4);
  expect(await studio.size()).toBeLessThan(size);
  await expect(studio.alerts).toHaveCount(0);
});
