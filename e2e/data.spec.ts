// Data: wrong preprocessing is noticed, tried out and mended; labels that count from one are found and mapped; samples are
// split; what is no picture is drawn as what it is.

import { strToU8 } from "fflate";
import { sampleFile, save, shapePictures, shared, zip } from "./files.ts";
import { latestKept } from "./keeping.ts";
import { expect, patient, test } from "./studio.ts";

test("a wrong preset and shifted labels: noticed, mended by the page's own means, and the data are split", async ({
  studio,
  page,
}) => {
  const pictures = await shapePictures(72);
  const files = Object.fromEntries(pictures.map(({ bytes }, i) => [`${i}.png`, bytes]));
  // Classes counted from one: the last of them is none of the network's.
  const rows = pictures.map(({ label }, i) => `${i}.png,${label + 1}`).join("\n");
  const labelled = { ...files, "labels.csv": strToU8(`file,label\n${rows}\n`) };
  await studio.open();
  await studio.drop(sampleFile("shapes-mobile"), await save(test.info(), "shifted.zip", zip(labelled)));
  await expect(page.getByText(/^shifted\.zip, n=72/)).toBeVisible(patient);

  await page.getByRole("button", { name: "labels do not fit the network" }).click(patient);
  const dialog = page.getByRole("dialog", { name: "Data" });
  await expect(dialog.getByText(/^labels: found class 12 in .*expected below/)).toBeVisible();
  await expect(dialog.getByRole("textbox", { name: "Output for 12" })).toHaveValue("12", patient);
  const note = dialog.getByRole("note", { name: "Labels look shifted by 1" });
  await note.getByRole("button", { name: "Subtract 1" }).click();
  await expect(dialog.getByText("yes, 12 classes")).toBeVisible(patient);
  await expect(dialog.getByRole("textbox", { name: "Output for 12" })).toHaveValue("11", patient);
  await expect(dialog.getByText(/^float top-1 9\d/)).toBeVisible(patient);

  const presets = dialog.getByRole("radiogroup", { name: "Preprocessing preset" });
  await dialog.getByRole("radio", { name: "Preprocessing", exact: true }).click();
  await presets.getByRole("radio", { name: /^0 to 255/ }).click();
  await expect(
    dialog.getByRole("status").filter({ hasText: "the preprocessing is probably wrong" }),
  ).toBeVisible(patient);
  await dialog.getByRole("button", { name: "Try all presets" }).click();
  await expect(dialog.getByRole("button", { name: "Try all again" })).toBeVisible(patient);
  const best = presets.getByRole("radio").first();
  await expect(best).toHaveText(/best.*9\d\.\d %.*n=54/);
  await best.click();
  await expect(best).toBeChecked(patient);
  await expect(dialog.getByText(/^float top-1 9\d/)).toBeVisible(patient);

  await dialog.getByRole("radio", { name: "Split" }).click();
  // Kept apart, and by label, unasked.
  await expect(
    dialog.getByText(/18 calibrate, 54 are evaluated; the two never overlap/).first(),
  ).toBeVisible();
  await expect(dialog.getByRole("checkbox", { name: /^By label/ })).toBeChecked();
  await dialog.getByRole("textbox", { name: "Calibration" }).fill("24");
  await dialog.getByRole("button", { name: "Use this split" }).click();
  await expect(dialog.getByText(/24 calibrate, 48 are evaluated; the two never overlap/).first()).toBeVisible(
    patient,
  );
  await expect(dialog.getByText(/^float top-1 9.*\(n=48\)$/)).toBeVisible(patient);
  // What was found out before is there when the split is taken back, and again.
  await dialog.getByRole("button", { name: "Keep them apart" }).click();
  await expect(dialog.getByText(/^float top-1 9.*\(n=54\)$/)).toBeVisible(patient);
  await dialog.getByRole("textbox", { name: "Calibration" }).fill("24");
  await dialog.getByRole("button", { name: "Use this split" }).click();
  await expect(dialog.getByText(/^float top-1 9.*\(n=48\)$/)).toBeVisible(patient);

  // Kept with the study.
  await page.keyboard.press("Escape");
  await expect(studio.known.first()).toBeVisible(patient);
  await expect.poll(() => latestKept(page), patient).toMatchObject({ evaluation: 48 });
  await page.reload();
  await expect(page.getByText(/^float top-1 9.*\(n=48\)$/).first()).toBeVisible(patient);
});

test("features over time are drawn as such, and enlarged", async ({ studio, page }) => {
  const [model, data] = [shared("models", "kwt1.onnx"), shared("data", "speech-commands-mfcc-1200.npz")];
  test.skip(!model || !data, "no networks and data beside the repository (../shared)");
  await studio.open();
  await studio.chooseFiles([model as string, data as string]);
  await expect(page.getByText(/mfcc-1200\.npz, n=1,200/)).toBeVisible(patient);
  const dialog = await studio.dataDialog();
  const pictures = dialog.getByRole("img", { name: /40 features over 98 frames/ });
  await expect(pictures.first()).toBeVisible(patient);
  await expect(pictures).toHaveCount(24);
  await dialog
    .getByRole("button", { name: /, float network right$/ })
    .first()
    .click(patient);
  await expect(page.getByText(/across: 98 frames · up: 40 features/)).toBeVisible(patient);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();
});
