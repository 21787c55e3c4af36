// Compare and report: which answers changed and why, and one file that says all of it.

import { readFile } from "node:fs/promises";
import { expect, patient, test } from "./studio.ts";

test("float beside quantized: answers that changed, the worst samples, and where the error grows", async ({
  studio,
  page,
}) => {
  await studio.open();
  const [stem] = (await studio.layers()) as [string];
  await studio.choose(stem, 2);
  await page.getByRole("tab", { name: "Compare" }).click();
  const panel = page.getByRole("region", { name: "Float beside quantized" });
  await expect(panel.getByText(/of 1,000 samples get another answer/)).toBeVisible(patient);
  // The same samples that the bar counts: the fall of the accuracy is what broke less what was mended.
  const words = (await panel.textContent()) ?? "";
  const [, broken, mended] =
    /([\d,]+) were right and are wrong now, ([\d,]+) the other way/.exec(words) ?? [];
  const fall = (await studio.floatAccuracy()) - (await studio.accuracy());
  expect(fall).toBeCloseTo((Number(broken) - Number(mended)) / 10, 1);
  const bars = panel.getByRole("button", { name: new RegExp(`^${stem}.*dB$`) });
  await expect(bars).toBeVisible(patient);
  await panel.getByRole("radio", { name: "changed answers" }).click();
  await expect(panel.getByRole("listitem").filter({ hasText: "float" }).first()).toBeVisible();
  const { bytes } = await studio.download(panel, "Save as CSV");
  expect(bytes.toString().split("\r\n")[0]).toBe(
    "kind,name,label,float,probability,quantized,probability,kl",
  );

  await page.getByRole("tab", { name: "Report" }).click();
  const report = page.getByRole("region", { name: "Report" });
  const started = page.waitForEvent("download");
  await report.getByRole("button", { name: /Download report/ }).click();
  const download = await started;
  expect(download.suggestedFilename()).toBe("shapes-resnet.report.html");
  const text = await readFile(await download.path(), "utf8");
  expect(text).toContain("samples get another answer");
  expect(text).not.toMatch(/<script|<link|src="http/);
});

test("the dock is worked by keyboard: opened, made larger, closed", async ({ studio, page }) => {
  await studio.openCalmly();
  const guide = page.getByRole("tab", { name: "Guide" });
  await guide.focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("tabpanel", { name: "Guide" });
  await expect(panel).toBeVisible();
  const edge = page.getByRole("separator", { name: "Height of the panel" });
  const height = async () => (await panel.boundingBox())?.height ?? 0;
  const before = await height();
  await edge.focus();
  await page.keyboard.press("ArrowUp");
  await expect.poll(height).toBeGreaterThan(before + 20);
  await page.getByRole("button", { name: "Close panel" }).click();
  await expect(panel).toBeHidden();
});
