// Export: the file is verified before the download is called good, and the command line writes the same from its recipe.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root, sampleFile, save } from "./files.ts";
import { bytesIn, expect, type Studio, test } from "./studio.ts";

test("a preset is exported, verified and downloaded, at the size that was shown", async ({ studio }) => {
  await studio.openCalmly();
  await studio.preset("W8A8");
  const size = await studio.size();
  const { file, recipe, sha256 } = await exported(studio, size);
  expect(sha256).toBe(digest(file));

  const again = await quantize(recipe, "w8a8.onnx");
  expect(again.length).toBe(size);
  test.info().annotations.push({
    type: "W8A8 of the browser and of Node",
    description: again.equals(file) ? "the same bytes" : `${different(again, file)} bytes differ`,
  });
});

test("a mixed recipe of weights alone gives the same bytes in the browser and in Node", async ({
  studio,
}) => {
  await studio.openCalmly();
  const layers = await studio.layers();
  for (const [i, bits] of ([4, 3, 2, 6, "float", 5] as const).entries()) {
    await studio.choose(layers[i + 1] as string, bits);
  }
  const size = await studio.size();
  const { file, recipe } = await exported(studio, size);
  const again = await quantize(recipe, "mixed.onnx");
  expect(again.equals(file), `${different(again, file)} bytes differ`).toBe(true);
});

/** Exports what is on the screen, and takes the file and its recipe home. */
async function exported(studio: Studio, size: number) {
  const { dialog, words, text } = await studio.export();
  expect(words).toMatch(/^Verified/);
  expect(words).toMatch(/Opened again in.*ONNX Runtime.*run on 1,000 samples/);
  expect(bytesIn(text)).toBe(size);
  const { bytes: file, download } = await studio.download(dialog, "Download .onnx");
  expect(download.suggestedFilename()).toBe("shapes-resnet.quantized.onnx");
  expect(file.length).toBe(size);
  const { bytes: json } = await studio.download(dialog, /Download recipe/);
  expect(JSON.parse(json.toString())).toMatchObject({ schema: "bitscape/recipe/1" });
  const recipe = await save(test.info(), "recipe.json", json);
  return { file, recipe, sha256: /SHA-256([0-9a-f]{64})/.exec(text)?.[1] };
}

/** The command line's file for a recipe. */
async function quantize(recipe: string, name: string): Promise<Buffer> {
  const output = test.info().outputPath(name);
  const args = ["quantize", sampleFile("shapes-resnet"), "--recipe", recipe, "--output", output];
  const bitscape = join(root, "scripts", "bitscape.mjs");
  const data = ["--data", "sample:shapes-resnet", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, [bitscape, ...args, ...data]);
  const written = await readFile(output);
  expect(JSON.parse(stdout)).toMatchObject({ bytes: written.length, sha256: digest(written) });
  return written;
}

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const different = (a: Buffer, b: Buffer) =>
  Math.abs(a.length - b.length) + a.subarray(0, b.length).filter((byte, i) => byte !== b[i]).length;
