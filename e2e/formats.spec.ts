// Formats beyond integers: chosen for a layer, measured in a column of their own, exported and verified.

import { bytesIn, expect, patient, test } from "./studio.ts";

test("NF4 for one layer: a column of its own, another size, and an export that verifies", async ({
  page,
  studio,
}) => {
  await studio.open();
  const [, layer, other] = (await studio.layers()) as [string, string, string];
  const before = await studio.size();
  await studio.heatmap.getByRole("rowheader", { name: new RegExp(`^${layer},`) }).click();

  // Only what a format heeds is asked for.
  await expect(page.getByRole("radiogroup", { name: "Zero point" })).toBeVisible();
  await studio.format("NF4");
  await expect(page.getByRole("radiogroup", { name: "Zero point" })).toHaveCount(0);
  await expect(page.getByRole("radiogroup", { name: "Range rule" })).toBeVisible();

  await expect(studio.heatmap.getByRole("columnheader", { name: "weight NF4" })).toBeVisible();
  await expect(studio.chosen(layer)).toHaveAccessibleName(/, weight, NF4, /);
  const size = await studio.size();
  expect(size).toBeLessThan(before);
  await expect(page.getByRole("region", { name: "Scheme" })).toContainText(
    /in the file; (stays small in memory|is expanded to float when loaded)/,
  );
  // Its cells are found for the other layers too.
  await expect(studio.cell(other, "NF4")).toHaveAccessibleName(
    /KL .*(predicted \(.*\)|measured) on/,
    patient,
  );

  const { dialog, words, text } = await studio.export();
  expect(words).toMatch(/^Verified/);
  expect(bytesIn(text)).toBe(size);
  expect(text).toMatch(/1 as NF4/);
  expect(text).toMatch(/WebAssembly and native, not WebGPU \(because of NF4\)/);
  const { bytes } = await studio.download(dialog, "Download .onnx");
  expect(bytes.length).toBe(size);
  await page.keyboard.press("Escape");

  // The column goes with the choice.
  await studio.undo();
  await expect(studio.heatmap.getByRole("columnheader", { name: "weight NF4" })).toHaveCount(0);
  expect(await studio.size()).toBe(before);
});

test("formats with numbers in their names: each number changes the size, none that does not fit is taken", async ({
  page,
  studio,
}) => {
  await studio.openCalmly();
  const [, , layer] = (await studio.layers()) as [string, string, string];
  await studio.heatmap.getByRole("rowheader", { name: new RegExp(`^${layer},`) }).click();
  await studio.format("Codebook");
  const sixteen = await studio.size();
  const count = page.getByRole("textbox", { name: /^k:/ });
  await count.fill("4");
  await count.press("Enter");
  await expect(studio.chosen(layer)).toHaveAccessibleName(/codebook of 4, /);
  expect(await studio.size()).toBeLessThan(sixteen);
  await count.fill("9999");
  await expect(count).toHaveAttribute("aria-invalid", "true");
  await count.press("Enter");
  await expect(count).toHaveValue("4");
  await expect(studio.alerts).toHaveCount(0);
});
