// Files that cannot be used, of every kind: one sentence each, and the study that was there stays and works on.

import { mkdir } from "node:fs/promises";
import { save, shapePictures, withLabelsCsv } from "./files.ts";
import { smallModel } from "./models.ts";
import { expect, patient, type Studio, test } from "./studio.ts";
import { type Wrong, wrongData, wrongModels } from "./wrong.ts";

test("each bad model is answered by a sentence, and the study stays", async ({ studio }) => {
  await studio.openCalmly();
  const size = await studio.size();
  for (const wrong of await wrongModels()) await refused(studio, wrong);
  await test.step("an empty folder", async () => {
    const folder = test.info().outputPath("empty-folder");
    await mkdir(folder, { recursive: true });
    await studio.drop(folder);
    await complained(studio, /^empty-folder: an empty folder, expected/);
  });
  await worksOn(studio, size);

  // A network that is whole is still welcome, and so are data dropped together with it.
  const model = await save(test.info(), "small.onnx", smallModel());
  const few = (await shapePictures(8)).map((picture) => ({ ...picture, label: picture.label % 4 }));
  await studio.drop(model, await save(test.info(), "few.zip", withLabelsCsv(few)));
  await expect(studio.cell("conv", 4)).toBeVisible(patient);
  await expect(studio.page.getByText(/^few\.zip, n=8/)).toBeVisible(patient);
  await expect(studio.alerts).toHaveCount(0);
});

test("each bad data set is answered by a sentence; an unreadable image is left out by name", async ({
  studio,
}) => {
  await studio.openCalmly();
  const size = await studio.size();
  for (const wrong of await wrongData()) {
    await refused(studio, wrong);
    await expect(studio.page.getByText(/^sample:shapes-resnet, n=/)).toBeVisible(patient);
  }
  await worksOn(studio, size);

  // Labels that do not fit the network are left out, with a sentence: the pictures are good.
  const pictures = await shapePictures(36);
  const mislabelled = pictures.map((picture, i) => (i === 7 ? { ...picture, label: 99 } : picture));
  await studio.chooseFiles(await save(test.info(), "labels.zip", withLabelsCsv(mislabelled)));
  const doubt = studio.page.getByRole("button", { name: "labels do not fit the network" });
  await expect(doubt).toBeVisible(patient);
  await expect(doubt).toHaveAttribute("title", /^labels: found class 99 in 0007\.png, expected .*12 classes/);
  const broken = pictures.map((picture, i) =>
    i === 3 ? { ...picture, bytes: picture.bytes.subarray(0, 60) } : picture,
  );
  await studio.chooseFiles(await save(test.info(), "one-broken.zip", withLabelsCsv(broken)));
  await expect(studio.page.getByText(/^one-broken.zip, n=35/)).toBeVisible(patient);
  const dialog = await studio.dataDialog();
  await expect(dialog.getByText("Left out (1)")).toBeVisible();
  await expect(dialog.getByRole("listitem").filter({ hasText: "0003.png" })).toHaveText(/expected/);
});

/** Opens what cannot be used: a sentence, and the network on the screen is the one it was. */
const refused = (studio: Studio, { what, files, sentence }: Wrong) =>
  test.step(what, async () => {
    const paths = await Promise.all(
      Object.entries(files).map(([name, bytes]) => save(test.info(), name, bytes)),
    );
    await studio.chooseFiles(paths);
    await complained(studio, sentence);
    await expect(studio.page.getByRole("button", { name: "Open a model or data" })).toHaveText(
      "shapes-resnet.onnx",
    );
  });

/** One alert, one sentence; then it is dismissed. */
async function complained(studio: Studio, sentence: RegExp): Promise<void> {
  await expect(studio.alerts).toHaveCount(1, patient);
  const text = (await studio.alerts.textContent()) ?? "";
  test.info().annotations.push({ type: "sentence", description: text });
  expect.soft(text).toMatch(sentence);
  expect.soft(text).not.toMatch(/\n|undefined|\[object|Error:|\. [A-Z]/);
  await studio.alerts.getByRole("button", { name: "Dismiss" }).click();
  await expect(studio.alerts).toHaveCount(0);
}

/** A cell can still be clicked and the size follows; then it is undone. */
async function worksOn(studio: Studio, size: number): Promise<void> {
  const [, layer] = (await studio.layers()) as [string, string];
  expect(await studio.size()).toBe(size);
  await studio.choose(layer, 4);
  expect(await studio.size()).toBeLessThan(size);
  await studio.undo();
  expect(await studio.size()).toBe(size);
}
