// The integer-only export: chosen in the dialog, verified, inspected there, and proved by the command line.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root, save } from "./files.ts";
import { expect, patient, test } from "./studio.ts";

test("a file of integers alone between its quantizers", async ({ studio }) => {
  await studio.openCalmly();
  await studio.preset("W8A8");
  const { dialog } = await studio.export();
  const form = dialog.getByRole("radiogroup", { name: "Form" });
  await form.getByRole("radio", { name: "Integer-only: QLinear" }).click();
  const inspector = dialog.getByRole("region", { name: "Integer arithmetic" });
  await expect(inspector).toContainText(
    "No float operator between the first quantizer and the last",
    patient,
  );
  await expect(inspector.getByRole("row", { name: /stem\/conv .*\/ 2\^/ })).toBeVisible();
  await expect(dialog.getByRole("region", { name: "Verification" })).toContainText(/^Verified/);

  const { bytes } = await studio.download(dialog, "Download .onnx");
  const file = await save(test.info(), "integers.onnx", bytes);
  const bitscape = join(root, "scripts", "bitscape.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [bitscape, "inspect", file, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ integerOnly: true, floatBetween: [] });
});
