// First visit: the sample is there, its heatmap fills by itself, and nothing leaves the machine.

import { expect, patient, test } from "./studio.ts";

test("the sample's heatmap fills within 30 seconds, with size and accuracy beside it", async ({
  page,
  studio,
}) => {
  const began = Date.now();
  await page.goto("/");
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);

  await expect(page.getByText(/float top-1 \d+\.\d %/)).toBeVisible(patient);
  // Every cell has its colour, predicted at first; the rest of the way is measuring.
  await expect(studio.known.first()).toBeVisible({ timeout: 30_000 - (Date.now() - began) });
  await expect(studio.unknown).toHaveCount(0, { timeout: 30_000 - (Date.now() - began) });
  test.info().annotations.push({ type: "filled", description: `${(Date.now() - began) / 1000} s` });

  await studio.filled();
  const layers = await studio.layers();
  expect(layers.length).toBeGreaterThan(5);
  // Six widths a weight at least, five an activation, and every one with a number.
  expect(await studio.measured.count()).toBeGreaterThanOrEqual(6 * layers.length);
  for (const layer of layers) await expect(studio.cell(layer, 4)).toHaveAccessibleName(/KL [\d.<]/);

  expect(await studio.floatAccuracy()).toBeGreaterThan(90);
  expect(await studio.accuracy()).toBeGreaterThan(90);
  expect(await studio.size()).toBeGreaterThan(10_000);
  await expect(studio.alerts).toHaveCount(0);
});

test("nothing is wider than the window, down to 1024 pixels", async ({ page, studio }) => {
  await studio.open();
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect(studio.heatmap).toBeInViewport();
    // The layout follows the window a frame or two later.
    await expect.poll(() => page.evaluate(elementsBeyond)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    for (const name of [/^Export$/, /^Undo$/, /^Redo$/, /^Open a model or data/]) {
      await expect(page.getByRole("button", { name })).toBeInViewport({ ratio: 1 });
    }
    for (const name of ["File size", "Top-1 accuracy"]) {
      await expect(page.getByRole("region", { name })).toBeInViewport({ ratio: 1 });
    }
  }
});

/** What is drawn beyond the right edge; runs in the page. */
function elementsBeyond(): string[] {
  const room = document.documentElement.clientWidth;
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => element.getBoundingClientRect().right > room + 1)
    .map((element) => `${element.tagName} ${element.className} ${element.textContent?.slice(0, 40)}`);
}
