// The landscape: a slice comes coarse first, its crosshair edits two clips, its file has what the picture has; the matrix
// leads to slices; the steps are chosen jointly, paused, applied and undone.

import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { expect, patient, test } from "./studio.ts";

const points = 41 * 41;
const coarse = 11 * 11;

test("a slice is soon there, dragging its crosshair is one edit, and its table is the picture's", async ({
  page,
  studio,
}) => {
  await studio.open();
  await studio.floatAccuracy();
  const landscape = await opened(page);
  const began = Date.now();
  const picture = landscape.getByRole("img", { name: /^Loss over the clips of/ });
  await expect.poll(() => known(picture), patient).toBeGreaterThanOrEqual(coarse);
  const soon = (Date.now() - began) / 1000;

  // The crosshair is where the recipe has both clips; dragging it reads the loss off the picture at once.
  const undo = page.getByRole("button", { name: "Undo" });
  const crosshair = landscape.getByRole("slider", { name: "Clips of both tensors" });
  await expect(crosshair).toBeVisible(patient);
  await expect(undo).toBeDisabled();
  const before = await clips(crosshair);
  await page.evaluate(watchReading);
  const box = await picture.boundingBox();
  if (!box) throw new Error("picture: not drawn");
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.2);
  await page.mouse.down();
  for (const share of [0.7, 0.65, 0.6]) {
    await page.mouse.move(box.x + box.width * share, box.y + box.height * (1 - share));
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
  }
  const dragged = await clips(crosshair);
  expect(dragged[0]).toBeLessThan(before[0]);
  expect(dragged[1]).toBeLessThan(before[1]);
  await expect(undo).toBeDisabled();
  await page.mouse.up();
  await expect(undo).toBeEnabled();
  await expect(crosshair).toHaveAttribute("aria-valuetext", /measured$/, patient);
  const lags = await page.evaluate(() => (window as unknown as { lags: number[] }).lags);
  const said = {
    "first, coarse picture after the click": `${soon.toFixed(1)} s`,
    "reading after the pointer moved, at most": `${Math.round(Math.max(...lags))} ms`,
  };
  for (const [type, description] of Object.entries(said)) test.info().annotations.push({ type, description });
  console.log(said);
  expect(lags.length).toBeGreaterThan(1);

  // One step of undo for both; and keys do the same.
  await undo.click();
  await expect(undo).toBeDisabled();
  await expect.poll(() => clips(crosshair)).toEqual(before);
  await crosshair.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect.poll(async () => (await clips(crosshair))[0]).toBeLessThan(before[0]);
  await undo.click();
  await expect(undo).toBeDisabled();

  // What is known stays when it is cancelled, and the file has the same.
  const cancel = landscape.getByRole("button", { name: "Cancel" });
  if (await cancel.isVisible()) await cancel.click();
  await expect(cancel).toBeHidden();
  const count = await known(picture);
  const saved = page.waitForEvent("download");
  await landscape.getByRole("button", { name: "Save the slice" }).click();
  await page.getByRole("menuitem", { name: /^CSV/ }).click();
  const rows = parsed(await readFile(await (await saved).path(), "utf8"));
  expect(rows).toHaveLength(points);
  expect(rows.filter(([, , loss]) => loss !== null)).toHaveLength(count);
  await landscape.getByText("As a table").click();
  const table = landscape.getByRole("table", { name: /^Loss over the clips of/ });
  const shown = await table.getByRole("cell").allTextContents();
  expect(shown).toHaveLength(coarse);
  // Every fourth row and column; the highest row comes first.
  shown.forEach((text, k) => {
    const [i, j] = [40 - 4 * Math.floor(k / 11), 4 * (k % 11)];
    expect(numberIn(text) / (rows[41 * i + j]?.[2] ?? Number.NaN)).toBeCloseTo(1, 1);
  });

  // As a picture: vectors with the same cells, without the handle.
  const vectors = page.waitForEvent("download");
  await landscape.getByRole("button", { name: "Save the slice" }).click();
  await page.getByRole("menuitem", { name: /^SVG/ }).click();
  const svg = await readFile(await (await vectors).path(), "utf8");
  expect(svg).toMatch(/^<svg [^>]*viewBox/);
  expect(svg.match(/<path/g)?.length).toBeGreaterThan(20);
  await expect(studio.alerts).toHaveCount(0);
});

test("the coupling leads to the slice of two; all steps are chosen jointly, applied as one edit and undone", async ({
  page,
  studio,
}) => {
  await studio.open();
  const landscape = await opened(page);
  await landscape.getByRole("radio", { name: "Coupling" }).click();
  const matrix = landscape.getByRole("application", { name: /^Coupling of \d+ tensors at 4 bits/ });
  await expect(matrix).toBeVisible(patient);
  const first = landscape.getByRole("listitem").first();
  await expect(first).toBeVisible(patient);
  await landscape.getByRole("button", { name: "Cancel" }).click();
  const [a] = ((await first.textContent()) ?? "").split(" × ");
  await first.getByRole("button").click();
  await expect(landscape.getByRole("combobox", { name: "Tensor of the vertical axis" })).toHaveValue(
    a as string,
  );
  await expect(landscape.getByRole("radio", { name: "4", exact: true })).toBeChecked();
  // Another tensor is found by typing.
  const right = landscape.getByRole("combobox", { name: "Tensor of the horizontal axis" });
  await right.fill("fc wei");
  await right.press("Enter");
  await expect(right).toHaveValue("head/fc weights");
  await expect(landscape.getByRole("img", { name: /and head\/fc weights/ })).toBeVisible(patient);

  // All at once, from there.
  await landscape.getByRole("radio", { name: "All clips jointly" }).click();
  await landscape.getByRole("button", { name: "Optimize the clips" }).click();
  await expect(landscape.getByText(/^Loss against evaluations: \d+ evaluations/)).toBeVisible(patient);
  await landscape.getByRole("button", { name: "Pause" }).click();
  const found = landscape.getByRole("region", { name: "What was found" });
  await expect(found.getByRole("row", { name: /^held out, n=[\d,]+ / })).toBeVisible(patient);
  await expect(found.getByRole("button", { name: "Resume" })).toBeVisible();
  await found.getByRole("button", { name: "Apply to the recipe" }).click();
  await expect(found.getByText("applied")).toBeVisible();
  await expect(landscape.getByRole("figure", { name: "Clips before and after" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(found.getByRole("button", { name: "Apply to the recipe" })).toBeEnabled();

  // After another edit, what was found is about the recipe before.
  const [layer] = (await studio.layers()) as [string];
  await studio.choose(layer, 4);
  await expect(found.getByRole("button", { name: "Apply to the recipe" })).toBeDisabled();
  await expect(landscape.getByText("The recipe has changed since", { exact: false })).toBeVisible();
  await expect(studio.alerts).toHaveCount(0);
});

async function opened(page: Page): Promise<Locator> {
  await page.getByRole("tab", { name: "Landscape" }).click();
  const landscape = page.getByRole("region", { name: "Landscape" });
  await expect(landscape).toBeVisible(patient);
  return landscape;
}

/** How many points of the picture are known. */
async function known(picture: Locator): Promise<number> {
  if ((await picture.count()) === 0) return 0;
  const name = (await picture.getAttribute("aria-label")) ?? "";
  return /complete$/.test(name) ? points : Number(/(\d+) of \d+ points known/.exec(name)?.[1] ?? 0);
}

/** Both clips, the vertical axis's first: "a weights 0.7, b activations 0.6: loss …". */
async function clips(crosshair: Locator): Promise<[number, number]> {
  const text = (await crosshair.getAttribute("aria-valuetext")) ?? "";
  const [, up, right] = / ([\d.]+), .* ([\d.]+): loss/.exec(text) ?? [];
  return [Number(up), Number(right)];
}

/** Rows of a table of three columns of numbers; empty where not known. */
const parsed = (csv: string) =>
  csv
    .trimEnd()
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(",").map((field) => (field === "" ? null : Number(field))));

const numberIn = (text: string) => Number(text.replaceAll("−", "-").replace("< ", ""));

/** Runs in the page: notes how long after a move of the pointer the reading follows, milliseconds. */
function watchReading(): void {
  const lags: number[] = [];
  Object.assign(window, { lags });
  let moved = 0;
  window.addEventListener(
    "pointermove",
    (event) => {
      moved = event.timeStamp;
    },
    { capture: true },
  );
  const reading = document.querySelector('output[aria-label="Loss at the crosshair"]')?.parentElement;
  if (!reading) throw new Error("no reading");
  new MutationObserver(() => {
    if (moved > 0) lags.push(performance.now() - moved);
    moved = 0;
  }).observe(reading, { subtree: true, childList: true, characterData: true });
}
