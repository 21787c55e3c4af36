// The budget: a drag solves and draws at every frame and blocks nothing, its answer is one edit, locks and rules hold, what
// cannot be kept is said, what was measured is set beside what was predicted, and all of it survives a reload.

import type { Page } from "@playwright/test";
import { expect, patient, test } from "./studio.ts";
import { tasksDuring } from "./thread.ts";

const frames = 60;

const budgetOf = (page: Page) => page.getByRole("region", { name: "Budget" });
const sliderOf = (page: Page) => budgetOf(page).getByRole("slider", { name: "Target size" });

/** The slider rests, and its answer is the recipe. */
async function solved(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: "Undo" })).toBeEnabled(patient);
  await expect(budgetOf(page).getByText(/^proving the optimum/)).toHaveCount(0, patient);
  await expect(budgetOf(page).getByRole("status", { name: "Recipe" })).toHaveText(/bits on average/, patient);
}

/** Drags the slider's thumb by so many pixels in `frames` steps, each seen solved and drawn before the next. */
async function drag(page: Page, by: number): Promise<number> {
  const box = await sliderOf(page).boundingBox();
  if (!box) throw new Error("slider: not on the page");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  let drawn = 0;
  for (let i = 1; i <= frames; i++) {
    await page.mouse.move(x + (by * i) / frames, y);
    drawn += await page.evaluate(async () => {
      const seen = window as { lastDraft?: string };
      for (let frame = 0; frame < 300; frame++) {
        await new Promise(requestAnimationFrame);
        const of = document.querySelector<HTMLElement>('output[aria-label="Draft"]')?.dataset.of;
        if (of !== undefined && of !== seen.lastDraft) {
          seen.lastDraft = of;
          return 1;
        }
      }
      return 0;
    });
  }
  return drawn;
}

test("every frame of a drag is solved and drawn, none blocks the page, and its answer is one edit", async ({
  browser,
  page,
  studio,
}) => {
  await studio.open();
  await expect(sliderOf(page)).toBeVisible(patient);
  const budget = budgetOf(page);
  // Measuring is not what is looked at here.
  await studio.sensitivity.getByRole("button", { name: "Cancel" }).click();
  const before = await studio.size();
  const chosen = () =>
    studio.heatmap
      .getByRole("gridcell", { name: /, weight, /, selected: true })
      .evaluateAll((found) => found.map((cell) => cell.getAttribute("aria-label")));
  const standing = await chosen();
  const long = await page.evaluateHandle(() => {
    const seen: number[] = [];
    new PerformanceObserver((list) =>
      seen.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      type: "longtask",
    });
    return seen;
  });
  const [longest = Number.NaN] = await tasksDuring(browser, page, async () => {
    expect(await drag(page, -140)).toBe(frames);
  });
  const clock = (await long.jsonValue()).map(Math.round);
  test.info().annotations.push({
    type: "longest task",
    description: `${longest.toFixed(1)} ms of its own time; by the clock over 50 ms: ${clock.join(", ") || "none"}`,
  });
  expect(longest).toBeLessThanOrEqual(50);
  // The heatmap shows the draft, which is no edit yet.
  expect(await chosen()).not.toEqual(standing);
  await expect(page.getByRole("button", { name: "Undo" })).toBeDisabled();
  await page.mouse.up();
  await solved(page);
  await studio.undo();
  await expect(page.getByRole("button", { name: "Undo" })).toBeDisabled();
  expect(await chosen()).toEqual(standing);
  expect(await studio.size()).toBe(before);
  await studio.redo();
  const text = (await sliderOf(page).getAttribute("aria-valuetext")) ?? "";
  expect(await studio.size()).toBeLessThanOrEqual(1000 * Number(/([\d.]+) kB/.exec(text)?.[1]) + 500);
  await expect(budget.getByText(/predicted .*measured .*n=/i)).toBeVisible(patient);
  // By keys: a little smaller once they rest.
  const larger = Number(await sliderOf(page).getAttribute("aria-valuenow"));
  await sliderOf(page).press("ArrowLeft");
  await sliderOf(page).press("ArrowLeft");
  await expect(budget.getByRole("status", { name: "Draft" })).toBeHidden(patient);
  await solved(page);
  await expect(sliderOf(page)).toHaveAttribute("aria-valuenow", String(larger - 2));
  // What has not come to rest yet is what Undo takes back.
  await sliderOf(page).press("ArrowLeft");
  await page.keyboard.press("Control+z");
  await expect(sliderOf(page)).toHaveAttribute("aria-valuenow", String(larger - 2));
});

test("locks and rules hold, impossible budgets say by how much, the front can be taken, a reload keeps it all", async ({
  page,
  studio,
}) => {
  await studio.open();
  await expect(sliderOf(page)).toBeVisible(patient);
  const budget = budgetOf(page);
  const [first, second] = (await studio.layers()) as [string, string];
  // By the keyboard, from the layer's own row.
  await studio.choose(second, 6);
  await page.keyboard.press("l");
  await expect(page.getByRole("button", { name: `Lock ${second}` })).toHaveAttribute("aria-pressed", "true");
  await budget.getByText("Limits").click();
  await budget
    .getByRole("textbox", { name: "New rule" })
    .or(budget.getByRole("combobox", { name: "New rule" }))
    .fill("first>=8");
  await page.keyboard.press("Enter");
  await expect(budget.getByText("first>=8")).toBeVisible();
  await expect(budget.getByText("1 layer", { exact: true })).toBeVisible(patient);

  const amount = budget.getByRole("textbox", { name: "Size, at most" });
  await amount.fill("1");
  await amount.press("Enter");
  await expect(budget.getByRole("alert")).toHaveText(/^size: .*expected at least .* bytes more/, patient);
  await amount.fill("12.5");
  await amount.press("Enter");
  await solved(page);
  await expect(studio.chosen(second)).toHaveAccessibleName(/weight, 6 bits/);
  await expect(studio.chosen(first)).toHaveAccessibleName(/weight, (8 bits|float)/);
  const small = await studio.size();

  // A point of the front further right: a larger file.
  const chart = budget.getByRole("img", { name: /^Front of size/ });
  const box = await chart.boundingBox();
  await chart.click({ position: { x: (box?.width ?? 0) * 0.6, y: 80 } });
  await expect.poll(() => studio.size(), patient).toBeGreaterThan(small);
  const taken = await studio.size();
  await solved(page);
  await expect(studio.cell(first, 4)).toHaveAccessibleName(/ruled out by limits/);

  // The same by keys, as one step: a smaller point, which says what it is made of.
  const point = budget.getByRole("slider", { name: /^Point of the front/ });
  await point.press("PageDown");
  await expect(point).toHaveAttribute("aria-valuetext", /predicted.*bits on average: /, patient);
  await point.press("Enter");
  await expect.poll(() => studio.size(), patient).toBeLessThan(taken);
  await solved(page);
  await studio.undo();
  expect(await studio.size()).toBe(taken);
  // Accuracy as the budget: what it is predicted to fall by, beside what it fell by.
  await budget.getByRole("radio", { name: "Drop" }).click();
  const drop = budget.getByRole("textbox", { name: "Drop, at most" });
  await drop.fill("2");
  await drop.press("Enter");
  await expect.poll(() => studio.size(), patient).toBeLessThan(taken);
  await expect(budget.getByText(/^top-1 falls by .* points? \(.*\) predicted from the loss/)).toBeVisible(
    patient,
  );
  const within = await studio.size();

  // At once: what was decided last is kept as the page is left.
  await page.reload();
  await expect(budget.getByRole("slider", { name: "Largest predicted fall of top-1" })).toBeVisible(patient);
  expect(await studio.size()).toBe(within);
  await expect(page.getByRole("button", { name: `Lock ${second}` })).toHaveAttribute("aria-pressed", "true");
  await budget.getByText("Limits").click();
  await expect(budget.getByText("first>=8")).toBeVisible();
});
