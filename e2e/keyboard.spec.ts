// The whole journey by keyboard alone, from the first visit to the verified file: every place the focus comes to can be seen,
// nothing holds it, and dialogs give it back to whoever opened them.

import { save } from "./files.ts";
import { reach, round, seen } from "./focus.ts";
import { smallModel } from "./models.ts";
import { expect, patient, test } from "./studio.ts";

test("from the first visit to the downloaded file, by keyboard alone", async ({ page, studio }, info) => {
  await page.goto("/");
  await expect(studio.known.first()).toBeVisible(patient);
  const button = (name: string | RegExp) => page.getByRole("button", { name });

  await test.step("the offer of a tour is declined", async () => {
    await reach(page, button("Not now"));
    await page.keyboard.press("Enter");
    await expect(button("Not now")).toHaveCount(0);
  });

  await test.step("a model of one's own is opened", async () => {
    const chooser = page.waitForEvent("filechooser");
    await reach(page, button("Open a model or data"), "Shift+Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: /^Open files/ })).toBeFocused();
    await seen(page);
    await page.keyboard.press("ArrowDown");
    await seen(page);
    await page.keyboard.press("ArrowUp");
    await expect(page.getByRole("menuitem", { name: /^Open files/ })).toBeFocused();
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(await save(info, "small.onnx", smallModel()));
    await expect(studio.cell("conv", 4)).toBeVisible(patient);
    await expect(studio.unknown).toHaveCount(0, patient);
  });

  await test.step("every stop of the page is seen, and none holds the focus", async () => {
    await expect(page.getByRole("slider", { name: "Target size" })).toBeVisible(patient);
    const stops = await round(page);
    info.annotations.push({ type: "stops", description: String(stops.length) });
    for (const name of [/^Open a model/, /^Export/, /^Filter/, /^Target size/, /^Graph/]) {
      expect(
        stops.some((stop) => name.test(stop)),
        `${name} among ${stops.join(", ")}`,
      ).toBe(true);
    }
  });

  await test.step("a cell is chosen", async () => {
    await reach(page, studio.heatmap.locator("[tabindex='0']"));
    await page.keyboard.press("Control+Home");
    await reach(page, studio.cell("conv", 4), "ArrowRight");
    await page.keyboard.press("Enter");
    await expect(studio.cell("conv", 4)).toHaveAttribute("aria-selected", "true");
    await reach(page, studio.cell("head", 4), "ArrowDown");
  });

  const budget = page.getByRole("region", { name: "Budget" });
  await test.step("the budget is moved", async () => {
    const slider = budget.getByRole("slider", { name: "Target size" });
    await expect(slider).toBeVisible(patient);
    await reach(page, slider);
    const before = await slider.getAttribute("aria-valuetext");
    await page.keyboard.press("Home");
    await expect(slider).not.toHaveAttribute("aria-valuetext", before ?? "");
    await expect(studio.cell("conv", 4)).toHaveAttribute("aria-selected", "false", patient);
    // What is drafted while the thumb moves is shown, and no edit yet.
    await expect(budget.getByRole("status", { name: "Draft" })).toHaveCount(0, patient);
    await expect(budget.getByText(/^proving the optimum/)).toHaveCount(0, patient);
    await page.keyboard.press("Control+z");
    await expect(studio.cell("conv", 4)).toHaveAttribute("aria-selected", "true", patient);
  });

  await test.step("a panel is opened, gone through and closed", async () => {
    await reach(page, page.getByRole("tab", { name: "Graph" }));
    await page.keyboard.press("ArrowRight");
    await expect(page.getByRole("tab", { name: "Landscape" })).toBeFocused();
    await page.keyboard.press("ArrowLeft");
    await expect(page.getByRole("tab", { name: "Graph" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("tabpanel", { name: "Graph" })).toBeVisible();
    await expect(page.getByText("Loading…")).toHaveCount(0, patient);
    await reach(page, button("Close panel"));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("tabpanel")).toHaveCount(0);
    await seen(page);
  });

  await test.step("a dialog is opened and gives the focus back", async () => {
    await reach(page, button("Data…"));
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Data" });
    await expect(dialog).toBeVisible();
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press("Tab");
      await seen(page);
      await expect(dialog.locator(":focus")).toHaveCount(1);
    }
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(button("Data…")).toBeFocused();
  });

  await test.step("the file is written, verified and downloaded", async () => {
    await reach(page, button(/^Export$/));
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Export" });
    await expect(dialog.getByRole("region", { name: "Verification" })).toHaveText(/^Verified/, patient);
    await reach(page, dialog.getByRole("button", { name: /^Download .*\.onnx/ }));
    const started = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    expect((await started).suggestedFilename()).toMatch(/^small.*\.onnx$/);
    await page.keyboard.press("Escape");
    await expect(button(/^Export$/)).toBeFocused();
  });
});
