// Opening: by an address, from a zip, with a recipe from a file or a link.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { zipSync } from "fflate";
import { sampleFile, save } from "./files.ts";
import { expect, patient, test } from "./studio.ts";

test("an address in the page's own opens that model, and a reload brings the study back", async ({
  studio,
  page,
}) => {
  await page.goto("/?model=samples/shapes-mobile.onnx");
  await expect(page.getByRole("button", { name: "Open a model or data" })).toHaveText(
    /shapes-mobile\.onnx/,
    patient,
  );
  await expect(studio.known.first()).toBeVisible(patient);
  // Nothing is known of the file but its bytes: no bundled data.
  await expect(page.getByText("synthetic data").first()).toBeVisible();
  expect(new URL(page.url()).search).toBe("");
  const [layer] = (await studio.layers()) as [string];
  await studio.choose(layer, 3);
  await page.reload();
  await expect(studio.cell(layer, 3)).toHaveAttribute("aria-selected", "true", patient);
});

test.describe("an address elsewhere", () => {
  test.use({ expected: /^request to another host: http:\/\/127\.0\.0\.1|^console: .*(CORS|ERR_FAILED|404)/ });

  test("is fetched where the server allows it, and explained where not", async ({ studio, page }) => {
    const bytes = await readFile(sampleFile("shapes-mobile"));
    const server = createServer((request, response) => {
      if (request.url?.startsWith("/open/")) response.setHeader("Access-Control-Allow-Origin", "*");
      response.writeHead(request.url?.endsWith(".onnx") ? 200 : 404);
      response.end(bytes);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await studio.open();
      const ask = async (address: string) => {
        await page.getByRole("button", { name: "Open a model or data" }).click();
        await page.getByRole("menuitem", { name: /^Open an address/ }).click();
        await page.getByRole("textbox", { name: /^Address/ }).fill(address);
        await page.keyboard.press("Enter");
      };
      await ask(`${host}/closed/far.onnx`);
      await expect(studio.alerts.filter({ hasText: /Access-Control-Allow-Origin/ })).toBeVisible(patient);
      await ask(`${host}/open/missing`);
      await expect(studio.alerts.filter({ hasText: /the server answered 404/ })).toBeVisible(patient);
      await expect(page.getByRole("button", { name: "Open a model or data" })).toHaveText(
        "shapes-resnet.onnx",
      );
      await ask(`${host}/open/far.onnx`);
      await expect(page.getByRole("button", { name: "Open a model or data" })).toHaveText(
        "far.onnx",
        patient,
      );
    } finally {
      server.close();
    }
  });
});

test("a zip with a model in it is opened as one", async ({ studio, page }) => {
  await studio.open();
  const bytes = await readFile(sampleFile("shapes-mobile"));
  const packed = zipSync({
    "export/net.onnx": new Uint8Array(bytes),
    "export/readme.txt": new Uint8Array(3),
  });
  await studio.chooseFiles(await save(test.info(), "net.zip", packed));
  await expect(page.getByRole("button", { name: "Open a model or data" })).toHaveText("net.onnx", patient);
  await expect(studio.known.first()).toBeVisible(patient);
});

test("a recipe comes back from its file and from its link; one for another network is refused", async ({
  studio,
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await studio.openCalmly();
  const [, first, second] = (await studio.layers()) as [string, string, string];
  await studio.choose(first, 3);
  await studio.choose(second, 2);
  const { dialog } = await studio.export();
  const { bytes } = await studio.download(dialog, /Download recipe/);
  await dialog.getByRole("button", { name: "Copy a link to this recipe" }).click();
  const link = await dialog.getByRole("textbox", { name: "Link" }).inputValue();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  await page.keyboard.press("Escape");

  await studio.undo();
  await studio.undo();
  await expect(studio.cell(first, 3)).not.toHaveAttribute("aria-selected", "true");
  await studio.chooseFiles(await save(test.info(), "mine.recipe.json", bytes));
  await expect(studio.cell(first, 3)).toHaveAttribute("aria-selected", "true", patient);
  await expect(studio.cell(second, 2)).toHaveAttribute("aria-selected", "true");
  // One step, and nothing of the rest is lost.
  await studio.undo();
  await expect(studio.cell(first, 3)).not.toHaveAttribute("aria-selected", "true");

  const other = { ...JSON.parse(bytes.toString()), layers: { nowhere: "float" } };
  await studio.chooseFiles(await save(test.info(), "other.json", Buffer.from(JSON.stringify(other))));
  await expect(studio.alerts.filter({ hasText: /nowhere/ })).toBeVisible(patient);
  await studio.chooseFiles(await save(test.info(), "no.json", Buffer.from("{")));
  await expect(studio.alerts.filter({ hasText: /no\.json: not JSON/ })).toBeVisible(patient);

  await page.goto("about:blank");
  await page.goto(link);
  await expect(studio.cell(first, 3)).toHaveAttribute("aria-selected", "true", patient);
  expect(new URL(page.url()).hash).toBe("");
});
