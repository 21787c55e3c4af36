// Files that cannot be used: one sentence each, and the study that was there stays and works on.

import { readFile } from "node:fs/promises";
import { strToU8 } from "fflate";
import { sampleFile, save, shapePictures, withLabelsCsv } from "./files.ts";
import { smallModel, withoutItsData } from "./models.ts";
import { expect, patient, type Studio, test } from "./studio.ts";

test("each bad model is answered by a sentence, and the study stays", async ({ studio }) => {
  const [picture] = await shapePictures(1);
  const whole = await readFile(sampleFile("shapes-mobile"));
  const cases: readonly (readonly [name: string, bytes: Uint8Array, sentence: RegExp])[] = [
    ["empty.onnx", new Uint8Array(), /^empty\.onnx: .*expected/],
    ["picture.onnx", picture?.bytes as Uint8Array, /^picture\.onnx: .*PNG.*expected/],
    ["half.onnx", whole.subarray(0, whole.length >> 1), /^half\.onnx: .*expected/],
    ["apart.onnx", withoutItsData("apart.bin"), /^apart\.onnx: .*"apart\.bin".*expected/],
    ["nan.onnx", smallModel({ nan: true }), /^nan\.onnx: .*NaN.*expected/],
    [
      "foreign.onnx",
      smallModel({ last: { op: "Ponder", domain: "com.acme" } }),
      /com\.acme\.?.*Ponder.*expected/,
    ],
  ];
  await studio.open();
  for (const [name, bytes, sentence] of cases) {
    await test.step(name, async () => {
      await studio.chooseFiles(await save(test.info(), name, bytes));
      await complained(studio, sentence);
      await expect(studio.page.getByRole("button", { name: "Open a model or data" })).toHaveText(
        "shapes-resnet.onnx",
      );
      await worksOn(studio);
    });
  }
  // A network that is whole is still welcome.
  await studio.chooseFiles(await save(test.info(), "small.onnx", smallModel()));
  await expect(studio.cell("conv", 4)).toBeVisible(patient);
  await expect(studio.alerts).toHaveCount(0);
});

test("labels that do not fit are answered by a sentence; an unreadable image is left out by name", async ({
  studio,
}) => {
  const pictures = await shapePictures(36);
  const wrong = pictures.map((picture, i) => (i === 7 ? { ...picture, label: 99 } : picture));
  await studio.open();
  await studio.chooseFiles(await save(test.info(), "wrong-labels.zip", withLabelsCsv(wrong)));
  await complained(studio, /99.*0007\.png.*expected.*12|0007\.png.*99.*12/);
  await expect(studio.page.getByText(/^sample:shapes-resnet, n=/)).toBeVisible(patient);
  await worksOn(studio);

  await studio.chooseFiles(await save(test.info(), "not-a.zip", strToU8("PK, and then nothing of the kind")));
  await complained(studio, /^not-a\.zip: .*expected/);
  await worksOn(studio);

  const broken = pictures.map((picture, i) =>
    i === 3 ? { ...picture, bytes: picture.bytes.subarray(0, 60) } : picture,
  );
  await studio.chooseFiles(await save(test.info(), "one-broken.zip", withLabelsCsv(broken)));
  await expect(studio.page.getByText(/^one-broken.zip, n=35/)).toBeVisible(patient);
  const dialog = await studio.dataDialog();
  await expect(dialog.getByText("Left out (1)")).toBeVisible();
  await expect(dialog.getByRole("listitem").filter({ hasText: "0003.png" })).toHaveText(/expected/);
  await studio.page.keyboard.press("Escape");
  await worksOn(studio);
});

/** One alert, one sentence; then it is dismissed. */
async function complained(studio: Studio, sentence: RegExp): Promise<void> {
  await expect(studio.alerts).toHaveCount(1, patient);
  await expect(studio.alerts).toHaveText(sentence);
  const text = (await studio.alerts.textContent()) ?? "";
  test.info().annotations.push({ type: "sentence", description: text });
  expect(text).not.toMatch(/\n|undefined|\[object|Error:|\. [A-Z]/);
  await studio.alerts.getByRole("button", { name: "Dismiss" }).click();
}

/** A cell can still be clicked and the size follows; then it is undone. */
async function worksOn(studio: Studio): Promise<void> {
  const [, layer] = (await studio.layers()) as [string, string];
  const size = await studio.size();
  await studio.choose(layer, 4);
  expect(await studio.size()).toBeLessThan(size);
  await studio.undo();
  expect(await studio.size()).toBe(size);
}
