// The heatmap of a network with modules: groups opened, closed and painted by keyboard and pointer, sorted, filtered, as a table.

import { save } from "./files.ts";
import { deepModel } from "./models.ts";
import { expect, patient, type Studio, test } from "./studio.ts";

/** 24 blocks in three stages: 3 rows a block and 3 besides, enough to be grouped. */
async function openGrouped(studio: Studio, info: Parameters<typeof save>[0]) {
  const { page } = studio;
  await studio.open();
  await studio.drop(await save(info, "deep.onnx", deepModel(24, 8)));
  const tree = page.getByRole("treegrid", { name: /sensitivity/i });
  await expect(tree).toBeVisible(patient);
  return {
    tree,
    group: (path: string) =>
      tree
        .getByRole("row")
        .filter({ has: page.getByRole("rowheader", { name: new RegExp(`^${path}, group`) }) }),
    name: (row: string) => tree.getByRole("rowheader", { name: new RegExp(`^${row}, `) }),
    cell: (row: string, bits: number) =>
      tree.getByRole("gridcell", { name: new RegExp(`^${row}, .*weight, ${bits} bits, `) }),
  };
}

test("groups are opened, closed and painted by keyboard alone, each edit one step of undo", async ({
  studio,
}, info) => {
  const { page } = studio;
  const { tree, group, name, cell } = await openGrouped(studio, info);
  const rows = tree.getByRole("row");
  await name("/stem/Conv").click();
  await page.keyboard.press("ArrowDown");
  await expect(name("layer1")).toBeFocused();
  await expect(group("layer1")).toHaveAttribute("aria-expanded", "true");
  await expect(group("layer1")).toHaveAttribute("aria-level", "1");
  await expect(group("layer1/0")).toHaveAttribute("aria-level", "2");

  await page.keyboard.press("ArrowLeft");
  await expect(group("layer1")).toHaveAttribute("aria-expanded", "false");
  await expect(name("layer1/0")).toHaveCount(0);
  await page.keyboard.press("ArrowRight");
  await expect(group("layer1")).toHaveAttribute("aria-expanded", "true");
  await expect(name("layer1")).toBeFocused();

  // The third column is 4 bits; choosing the group's cell chooses for all of its 16 convolutions.
  for (let i = 0; i < 4; i++) if (!(await isIn(cell("layer1", 4)))) await page.keyboard.press("ArrowRight");
  await expect(cell("layer1", 4)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(cell("layer1", 4)).toHaveAttribute("aria-selected", "true");
  await expect(cell("layer1", 4)).toHaveAccessibleName(/chosen by 16 of 16$/);
  await expect(cell("/layer1/layer1.0/conv1/Conv", 4)).toHaveAttribute("aria-selected", "true");
  await expect(page.getByText("24 layers selected")).toBeVisible();

  // On to the group's first layer and from there a range over the next block's group.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(cell("/layer1/layer1.0/conv1/Conv", 4)).toBeFocused();
  for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await expect(cell("layer1/1", 3)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(cell("layer1/1", 3)).toHaveAttribute("aria-selected", "true");
  await expect(cell("layer1", 3)).toHaveAccessibleName(/chosen by 2 of 16$/);

  await studio.undo();
  await expect(cell("layer1", 4)).toHaveAccessibleName(/chosen by 16 of 16$/);
  await studio.undo();
  await expect(cell("layer1", 8)).toHaveAccessibleName(/chosen by 16 of 16$/);
  expect(await rows.count()).toBeGreaterThan(10);
});

test("a drag paints a closed group whole and passes over the names of open ones", async ({
  studio,
}, info) => {
  const { page } = studio;
  const { name, cell } = await openGrouped(studio, info);
  await name("layer1").focus();
  await page.keyboard.press("ArrowLeft");
  const [from, to] = [await middle(cell("/stem/Conv", 4)), await middle(cell("layer2/0", 4))];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 6 });
  await page.mouse.up();
  // Over /stem/Conv, layer1 (closed), layer2 (open) and layer2/0 (open): the last two hold no row of a layer that was passed.
  await expect(cell("/stem/Conv", 4)).toHaveAttribute("aria-selected", "true");
  await expect(cell("layer1", 4)).toHaveAccessibleName(/chosen by 16 of 16$/);
  await expect(cell("layer2", 8)).toHaveAccessibleName(/chosen by 16 of 16$/);
  await studio.undo();
  await expect(cell("layer1", 8)).toHaveAccessibleName(/chosen by 16 of 16$/);
});

test("rows are filtered, sorted and read as a table", async ({ studio }, info) => {
  const { page } = studio;
  const { tree, name } = await openGrouped(studio, info);
  const menu = page.getByRole("button", { name: /^Rows/ });
  await menu.click();
  await page.getByRole("menuitemcheckbox", { name: "Group by module" }).click();
  await expect(tree).toHaveCount(0);
  const grid = studio.heatmap;
  const first = grid.getByRole("rowheader").first();
  await expect(first).toHaveAccessibleName(/^\/stem\/Conv/);

  // 576 bytes for each of the blocks' convolutions, 432 for the first one.
  await menu.click();
  await page.getByRole("menuitemradio", { name: /^Size/ }).click();
  await expect(menu).toHaveAccessibleName("Rows, sorted by size");
  await expect(first).toHaveAccessibleName(/^\/layer1\/layer1\.0\/conv1\/Conv/);

  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("stem");
  await expect(grid.getByRole("rowheader")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(grid.getByRole("rowheader").nth(1)).toBeVisible();

  await menu.click();
  await page.getByRole("menuitem", { name: "View as table…" }).click();
  const dialog = page.getByRole("dialog", { name: "Layers as a table" });
  const table = dialog.getByRole("table");
  await expect(table).toHaveAccessibleName(/p = predicted, m = measured/);
  await expect(dialog.getByText("Rows 1 to 50 of 75")).toBeVisible();
  await dialog.getByRole("button", { name: "Next" }).click();
  await expect(dialog.getByText("Rows 51 to 75 of 75")).toBeVisible();
  const { bytes } = await studio.download(dialog, "Save as CSV");
  const lines = bytes.toString().trimEnd().split("\r\n");
  expect(lines).toHaveLength(76);
  expect(lines[0]).toMatch(/^Layer,Operator,Float bytes,/);
  expect(lines[1]).toMatch(/^\/layer1\/layer1\.0\/conv1\/Conv,Conv,576,/);
  await expect(name("/stem/Conv")).toHaveCount(0);
});

const isIn = (element: import("@playwright/test").Locator) =>
  element.evaluate((found) => found === document.activeElement);

async function middle(element: import("@playwright/test").Locator) {
  const box = await element.boundingBox();
  if (!box) throw new Error("nothing to point at");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
