// The main job: a network and labelled images of one's own in, fewer bits, a file out that does what the page said.

import type { Locator } from "@playwright/test";
import { firstOf, folderPerClass, sampleFile, save, shapePictures, shared, withLabelsCsv } from "./files.ts";
import { type Picture, type Preprocessing, topOne } from "./network.ts";
import { bytesIn, expect, patient, type Studio, test } from "./studio.ts";

test("the sample network as a file of one's own, with a zip of a folder a class", async ({ studio }) => {
  const pictures = await shapePictures(240);
  const zip = await save(test.info(), "shapes.zip", folderPerClass(pictures));
  await studio.open();
  const model = sampleFile("shapes-mobile");
  await studio.drop(model, zip);
  await expect(studio.page.getByText(/^shapes.zip, n=240/)).toBeVisible(patient);

  // The guess is another one; this network was trained on (x − 0.5) / 0.25.
  const dialog = await studio.dataDialog();
  await expect(dialog.getByText(/12 classes/)).toBeVisible();
  const presets = dialog.getByRole("radiogroup", { name: "Preprocessing preset" });
  await expect(presets.getByRole("radio", { checked: true })).not.toHaveText(/^Own values/);
  await dialog.getByRole("textbox", { name: "Mean" }).fill("0.5");
  await dialog.getByRole("textbox", { name: "Standard deviation" }).fill("0.25");
  await dialog.getByRole("textbox", { name: "Standard deviation" }).press("Enter");
  await expect(presets.getByRole("radio", { checked: true })).toHaveText(/^Own values/, patient);
  await evaluateAll(dialog, 60, 240);

  const preprocessing = { scale: 1 / 255, mean: 0.5, std: 0.25 };
  await wholeJourney(studio, model, pictures, preprocessing);
});

test("a classifier of other people's, with a zip and a labels.csv", async ({ studio }) => {
  const model = shared("models", "cifar-resnet8.onnx");
  const data = shared("data", "cifar10-test-2000.zip");
  test.skip(!model || !data, "no networks and data beside the repository (../shared)");
  const pictures = await firstOf(data as string, 300);
  const zip = await save(test.info(), "cifar10.zip", withLabelsCsv(pictures));
  await studio.open();
  await studio.chooseFiles(model as string);
  await expect(studio.page.getByText(/synthetic data/).first()).toBeVisible(patient);
  await studio.chooseFiles(zip);
  await expect(studio.page.getByText(/^cifar10.zip, n=300/)).toBeVisible(patient);

  const dialog = await studio.dataDialog();
  const preset = dialog.getByRole("radio", { name: /^0 to 255/ });
  await preset.click();
  await expect(preset).toBeChecked(patient);
  await evaluateAll(dialog, 75, 300);

  await wholeJourney(studio, model as string, pictures, { scale: 1, mean: 0, std: 1 });
});

/** Some samples were set aside to calibrate; all are evaluated then, to compare with others who know no split. */
async function evaluateAll(dialog: Locator, calibrate: number, all: number): Promise<void> {
  const apart = `Of ${all} samples ${calibrate} calibrate, ${all - calibrate} are evaluated; the two never overlap.`;
  await expect(dialog.getByText(apart).first()).toBeVisible(patient);
  await dialog.getByRole("radio", { name: "Split" }).click();
  await dialog.getByRole("button", { name: `Evaluate all ${all}` }).click();
  await expect(dialog.getByText(`${all} are evaluated; those that calibrate`).first()).toBeVisible(patient);
  await dialog.getByRole("button", { name: "Close" }).click();
}

/** From the float network's accuracy to a file on the disk, compared with onnxruntime-node at both ends. */
async function wholeJourney(
  studio: Studio,
  model: string,
  pictures: readonly Picture[],
  preprocessing: Preprocessing,
): Promise<void> {
  const { page } = studio;
  const float = await topOne(model, pictures, preprocessing);
  await expect.poll(() => studio.floatAccuracy(), patient).toBeCloseTo(float, 0);
  expect(Math.abs((await studio.floatAccuracy()) - float)).toBeLessThanOrEqual(0.2);

  await studio.filled();
  const before = { size: await studio.size(), accuracy: await studio.accuracy() };
  const layers = await studio.layers();
  for (const layer of layers.slice(1, 4)) await studio.choose(layer, 4);
  const size = await studio.size();
  const accuracy = await studio.accuracy();
  expect(size).toBeLessThan(before.size);
  test.info().annotations.push({ type: "accuracy", description: `${float} ${before.accuracy} ${accuracy}` });

  const { dialog, words, text } = await studio.export();
  expect(words).toMatch(/^Verified/);
  expect(bytesIn(text)).toBe(size);
  const { bytes, download } = await studio.download(dialog, "Download .onnx");
  expect(download.suggestedFilename()).toMatch(/\.quantized\.onnx$/);
  expect(bytes.length).toBe(size);
  const measured = await topOne(bytes, pictures, preprocessing);
  expect(Math.abs(measured - accuracy)).toBeLessThanOrEqual(0.2);
  await page.keyboard.press("Escape");
  await expect(studio.alerts).toHaveCount(0);
}
