// What the browser does not keep: storage that is full, refused or tampered with is said in a sentence, and nothing is lost from
// the page. What it keeps can be deleted, and a study goes to a file and back.

import type { Page } from "@playwright/test";
import { save } from "./files.ts";
import { latestKept, tamper } from "./keeping.ts";
import { smallModel } from "./models.ts";
import { expect, patient, Studio, test } from "./studio.ts";

test("storage that is full is said once, nothing is lost, and there may be room again", async ({
  page,
  context,
  studio,
  baseURL,
}) => {
  const disk = await context.newCDPSession(page);
  const origin = new URL(baseURL ?? "").origin;
  // From the beginning: a browser that once had room counts on it for a while.
  await disk.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await studio.open();
  const [, layer] = (await studio.layers()) as [string, string];
  await studio.choose(layer, 4);
  await expect(studio.alerts).toHaveText(/storage is full.*stays on this page.*download/, patient);
  await studio.alerts.getByRole("button", { name: "Dismiss" }).click();
  await studio.choose(layer, 3);
  await expect(studio.cell(layer, 3)).toHaveAttribute("aria-selected", "true");

  const dialog = await studio.keptStudies();
  await expect(dialog.getByRole("status").filter({ hasText: /storage is full/ })).toBeVisible();
  await disk.send("Storage.overrideQuotaForOrigin", { origin });
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect(dialog.getByText(/was last kept/)).toBeVisible(patient);
  await page.keyboard.press("Escape");
  await expect(studio.alerts).toHaveText(/kept in this browser again/);
  await page.reload();
  await expect(studio.cell(layer, 3)).toHaveAttribute("aria-selected", "true", patient);
});

test("where storage is refused the page works, and the study goes to a file and comes back elsewhere", async ({
  page,
  studio,
  browser,
}) => {
  await page.addInitScript(() => {
    const refuse = () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
    Object.defineProperty(IDBFactory.prototype, "open", { value: refuse });
    Object.defineProperty(StorageManager.prototype, "getDirectory", { value: async () => refuse() });
  });
  await studio.open();
  await expect(studio.alerts).toHaveText(/does not keep the study.*insecure.*stays on this page/, patient);
  await studio.alerts.getByRole("button", { name: "Dismiss" }).click();
  const [, layer] = (await studio.layers()) as [string, string];
  await studio.choose(layer, 3);
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(8);
  await studio.sensitivity.getByRole("button", { name: "Cancel" }).click();
  await expect(studio.progress).toHaveCount(0, patient);
  const known = await studio.knownCells();
  const dialog = await studio.keptStudies();
  const { bytes, download } = await studio.download(dialog, "Download this study");
  expect(download.suggestedFilename()).toBe("shapes-resnet.study.zip");
  const file = await save(test.info(), "taken.zip", bytes);

  // Another browser, which has never seen it.
  const elsewhere = await browser.newContext();
  const there = new Studio(await elsewhere.newPage());
  await there.openCalmly();
  await there.chooseFiles(file);
  await expect(there.cell(layer, 3)).toHaveAttribute("aria-selected", "true", patient);
  await expect.poll(async () => lost(known, await there.knownCells()), patient).toEqual([]);
  await expect(there.alerts).toHaveCount(0);
  await elsewhere.close();
});

test("a study that was changed is passed over with a sentence; studies are listed, opened and deleted", async ({
  page,
  context,
  studio,
}) => {
  await studio.openCalmly();
  await studio.chooseFiles(await save(test.info(), "small.onnx", smallModel()));
  await expect(studio.cell("conv", 4)).toBeVisible(patient);
  await studio.choose("conv", 3);
  await studio.filled();
  await expect(studio.progress).toHaveCount(0, patient);
  await expect.poll(() => names(page, studio), patient).toEqual(["small.onnx", "shapes-resnet.onnx"]);
  // At rest: a page that keeps its study anew mends it.
  let kept = "";
  await expect(async () => {
    const before = kept;
    kept = (await latestKept(page)).at;
    expect(kept).toBe(before);
  }).toPass({ ...patient, intervals: [3000] });
  await tamper(page, { past: "not recipes" });

  // Another page opens what it can, and says what it cannot.
  const other = await context.newPage();
  const beside = new Studio(other);
  await other.goto("/");
  await expect(beside.alerts.filter({ hasText: /^small\.onnx: study: past .*expected recipes/ })).toBeVisible(
    patient,
  );
  await expect(other.getByRole("button", { name: "Open a model or data" })).toHaveText("shapes-resnet.onnx");
  const there = other.getByRole("dialog", { name: "Kept studies" });
  // The page that has it open goes on keeping it, and so mends it now and then.
  await expect(async () => {
    await other.keyboard.press("Escape");
    await tamper(other, { past: "not recipes" });
    await beside.keptStudies();
    const row = there.getByRole("listitem").filter({ hasText: "small.onnx" });
    await expect(row).toHaveText(/expected recipes/, { timeout: 1000 });
  }).toPass(patient);
  await there.getByRole("button", { name: "Delete small.onnx" }).click();
  await expect(there.getByRole("listitem").filter({ hasText: "small.onnx" })).toHaveCount(0);
  await other.close();

  // The page that has it open says so, and keeps it again once it is changed.
  await expect(studio.alerts).toHaveText(/^small\.onnx: deleted in another page/, patient);
  await expect(studio.cell("conv", 3)).toHaveAttribute("aria-selected", "true");
  await studio.choose("conv", 2);
  await expect.poll(() => names(page, studio), patient).toContain("small.onnx");

  const dialog = await studio.keptStudies();
  const row = dialog.getByRole("listitem").filter({ hasText: "shapes-resnet.onnx" });
  await row.getByRole("button", { name: "Delete shapes-resnet.onnx" }).click();
  await expect(row.getByRole("button", { name: "Undo deleting shapes-resnet.onnx" })).toBeFocused();
  await row.getByRole("button", { name: "Undo deleting shapes-resnet.onnx" }).click();
  await expect(row.getByRole("button", { name: "Delete shapes-resnet.onnx" })).toBeFocused();
  await row.getByRole("button", { name: "Delete shapes-resnet.onnx" }).click();
  await expect(dialog.getByText("What was deleted goes when this list is closed.")).toBeVisible();
  await expect(dialog.getByText(/that this browser gives the page are used/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect.poll(() => names(page, studio), patient).toEqual(["small.onnx"]);
});

test("without a private file system a model of one's own is kept in the database", async ({
  page,
  studio,
}) => {
  await page.addInitScript(() =>
    Object.defineProperty(StorageManager.prototype, "getDirectory", {
      value: () => Promise.reject(new DOMException("not here", "SecurityError")),
    }),
  );
  await studio.openCalmly();
  await studio.chooseFiles(await save(test.info(), "small.onnx", smallModel()));
  await expect(studio.cell("conv", 4)).toBeVisible(patient);
  await studio.choose("conv", 3);
  await expect.poll(() => names(page, studio), patient).toContain("small.onnx");
  await page.reload();
  await expect(studio.cell("conv", 3)).toHaveAttribute("aria-selected", "true", patient);
  // Of the file that came back, not of memory.
  await studio.choose("conv", 2);
  expect(await studio.size()).toBeGreaterThan(0);
  await expect(studio.alerts).toHaveCount(0);
});

/** Names of the studies that are listed, the latest first. */
async function names(page: Page, studio: Studio): Promise<string[]> {
  const dialog = await studio.keptStudies();
  await expect(dialog.getByText(/Reading what is kept/)).toHaveCount(0);
  const found = await dialog.getByRole("listitem").locator("strong").allTextContents();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  return found;
}

const cellAndSamples = (name: string) => /^(.*?), (?:KL|relative).* measured on ([\d,]+)/.exec(name) ?? [];

/** Cells that are not there, or on fewer samples. */
function lost(known: readonly string[], now: readonly string[]): string[] {
  const samples = new Map(now.map((name) => cellAndSamples(name).slice(1) as [string, string]));
  const count = (text: string | undefined) => Number(text?.replaceAll(",", "") ?? 0);
  return known.filter((name) => {
    const [, cell, n] = cellAndSamples(name);
    return count(samples.get(cell ?? "")) < count(n);
  });
}
