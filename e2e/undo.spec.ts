// The heatmap as a control: click, drag and keys set bits; undo and redo bring back exact sizes.

import { expect, test } from "./studio.ts";

test("clicks, drags and keys edit the recipe, and undo and redo restore it to the byte", async ({
  page,
  studio,
}) => {
  await studio.openCalmly();
  const layers = await studio.layers();
  const [a, b, c, d, e] = layers as [string, string, string, string, string];
  const sizes = [await studio.size()];
  const note = async () => void sizes.push(await studio.size());

  // A click on one cell.
  await expect(studio.chosen(b)).toHaveAccessibleName(/weight, 8 bits/);
  await studio.choose(b, 4);
  await note();

  // A drag down three rows is one step.
  await studio.cell(c, 3).hover();
  await page.mouse.down();
  await studio.cell(d, 3).hover();
  await studio.cell(e, 3).hover();
  await page.mouse.up();
  for (const layer of [c, d, e]) {
    await expect(studio.cell(layer, 3)).toHaveAttribute("aria-selected", "true");
  }
  await note();

  // Keys: from the last click on, arrows move and Enter chooses.
  await studio.choose(a, 6);
  await note();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(studio.cell(a, 8)).toHaveAttribute("aria-selected", "true");
  await note();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(studio.cell(a, 5)).toBeFocused();
  // Shift selects a range of rows, for which Enter chooses at once.
  const rows = await studio.heatmap.getByRole("rowheader").count();
  expect(rows).toBeGreaterThan(4);
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(studio.heatmap.getByRole("row", { selected: true })).toHaveCount(3);
  await page.keyboard.press("Enter");
  await expect(studio.cell(a, 5)).toHaveAttribute("aria-selected", "true");
  await note();

  const [float, one, many] = sizes as [number, number, number];
  expect(one).toBeLessThan(float);
  expect(many).toBeLessThan(one);
  // 8 bits again are the size before 6 bits; all else differs.
  expect(sizes[4]).toBe(many);
  expect(new Set(sizes).size).toBe(sizes.length - 1);

  for (const size of sizes.slice(0, -1).reverse()) {
    await studio.undo();
    expect(await studio.size()).toBe(size);
  }
  await expect(page.getByRole("button", { name: "Undo" })).toBeDisabled();
  await expect(studio.chosen(b)).toHaveAccessibleName(/weight, 8 bits/);
  for (const size of sizes.slice(1)) {
    await studio.redo();
    expect(await studio.size()).toBe(size);
  }
  await expect(page.getByRole("button", { name: "Redo" })).toBeDisabled();
  for (const layer of [c, d, e].slice(1)) {
    await expect(studio.cell(layer, 3)).toHaveAttribute("aria-selected", "true");
  }

  // The keyboard's own undo; and the same recipe by another way has the same size.
  await page.keyboard.press("Control+z");
  expect(await studio.size()).toBe(sizes[4]);
  await page.keyboard.press("Control+Shift+z");
  expect(await studio.size()).toBe(sizes[5]);
  await studio.choose(b, 2);
  await studio.choose(b, 4);
  const before = await studio.size();
  await studio.choose(b, 8);
  await studio.choose(b, 4);
  expect(await studio.size()).toBe(before);
});
