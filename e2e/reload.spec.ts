// A reload in the middle of a sweep: the study is back at once, with everything known so far and as it was looked at.

import { expect, patient, test } from "./studio.ts";

test("a reload in mid-sweep: all that was known is drawn before the model is opened again, and the sweep goes on", async ({
  page,
  studio,
}) => {
  await studio.open();
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(20);
  const [, layer] = (await studio.layers()) as [string, string];
  await studio.choose(layer, 4);
  const size = await studio.size();
  await page.getByRole("tab", { name: "Guide" }).click();
  await page.getByRole("searchbox", { name: /Filter layers/ }).fill("block");
  const known = await studio.known.count();
  // The model's file does not come until the study is on the screen.
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route("**/samples/*.onnx", async (route) => {
    await held;
    await route.continue();
  });
  // Kept a moment after a change; a page that is left keeps at once.
  await page.goto("about:blank");
  const began = Date.now();
  await page.goBack();
  await expect(page.getByText("Reopening shapes-resnet.onnx").first()).toBeVisible(patient);
  await expect(studio.known).toHaveCount(known);
  test.info().annotations.push({ type: "back", description: `${(Date.now() - began) / 1000} s` });
  await expect(page.getByRole("searchbox", { name: /Filter layers/ })).toHaveValue("block");
  await expect(page.getByRole("tab", { name: "Guide" })).toHaveAttribute("aria-selected", "true");
  await expect(studio.cell(layer, 4)).toHaveAttribute("aria-selected", "true");
  letGo();
  await expect(page.getByText("Reopening shapes-resnet.onnx")).toHaveCount(0, patient);
  expect(await studio.size()).toBe(size);
  await page.getByRole("searchbox", { name: /Filter layers/ }).fill("");
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(60);
  await studio.choose(layer, 2);
  expect(await studio.size()).toBeLessThan(size);
  await expect(studio.alerts).toHaveCount(0);
});
