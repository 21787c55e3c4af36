// Cancel in mid-sweep: what was measured stays, and Resume goes on from there.

import { expect, patient, test } from "./studio.ts";

test("cancel keeps what was measured, and resume measures the rest", async ({ studio }) => {
  await studio.open();
  const button = (name: string) => studio.sensitivity.getByRole("button", { name, exact: true });
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(10);
  await button("Cancel").click();
  await expect(studio.progress).toHaveCount(0);
  await expect(studio.sensitivity.getByText(/cells measured/)).toHaveText(/cancelled/);
  const known = await studio.knownCells();
  expect(known.length).toBeGreaterThan(10);
  expect(await studio.unmeasured.count()).toBeGreaterThan(0);

  // The studio works on: an edit is weighed and measured, while the heatmap stays as it is.
  const size = await studio.size();
  const [, layer] = (await studio.layers()) as [string, string];
  await studio.choose(layer, 4);
  expect(await studio.size()).toBeLessThan(size);
  expect(await studio.accuracy()).toBeGreaterThan(50);
  expect(await studio.knownCells()).toEqual(known);

  await button("Resume").click();
  await expect(studio.progress).toBeVisible();
  await studio.filled();
  // Only what was missing was measured in this pass.
  await expect(studio.sensitivity.getByText(/cancelled/)).toHaveCount(0);
  await expect(studio.cell(layer, 4)).toHaveAttribute("aria-selected", "true");
});
