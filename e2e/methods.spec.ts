// Methods: one is tried on held-out samples, applied as one step of undo, and what it did is in the file.

import { expect, patient, test } from "./studio.ts";

test("a method is tried, applied, undone, and its file is what was measured", async ({ studio, page }) => {
  await studio.open();
  await studio.preset("W4");
  await page.getByRole("tab", { name: "Methods" }).click();
  const panel = page.getByRole("region", { name: "Methods" });
  const row = panel.getByRole("row", { name: /^Bias correction/ });
  await row.getByRole("button", { name: /^Try/ }).click();
  await expect(row.getByText(/(Nearer to|Further from) float|beyond noise/)).toBeVisible(patient);
  await expect(row).toContainText(/[\d.]+ % → [\d.]+ %/);
  const [, after] = /% → ([\d.]+) %/.exec((await row.textContent()) ?? "") ?? [];
  await row.getByRole("button", { name: /^Apply/ }).click();
  await expect(row.getByText("in the recipe")).toBeVisible();
  expect(await studio.accuracy()).toBe(Number(after));

  const { dialog, words } = await studio.export();
  expect(words).toMatch(/computes what the screen promised/);
  const { bytes } = await studio.download(dialog, "Download .onnx");
  expect(bytes.toString("latin1")).toContain('"repairs":["bias-correction"]');
  await page.keyboard.press("Escape");
  await row.getByRole("button", { name: /^Undo/ }).click();
  await expect(row.getByText("in the recipe")).toBeHidden();
});
