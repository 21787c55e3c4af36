// The page crashes in mid-sweep and is opened again; the lid is closed and opened; the study is open twice. Nothing that was measured
// is lost, and neither page writes over the other's.

import type { Page } from "@playwright/test";
import { cellsKept, studiesKept } from "./keeping.ts";
import { expect, patient, Studio, test } from "./studio.ts";

test("a page that crashes in mid-sweep comes back with what was measured, and measures the rest", async ({
  page,
  context,
  studio,
}) => {
  await studio.open();
  const [, layer] = (await studio.layers()) as [string, string];
  await studio.choose(layer, 3);
  await expect(studio.progress).toBeVisible(patient);
  const kept = () => cellsKept(page);
  await expect.poll(kept, patient).toBeGreaterThan(8);
  const known = await kept();
  await crash(page);

  const again = await context.newPage();
  const returned = new Studio(again);
  await again.goto("/");
  await expect.poll(() => returned.measured.count(), patient).toBeGreaterThanOrEqual(known);
  await expect(returned.cell(layer, 3)).toHaveAttribute("aria-selected", "true");
  await expect.poll(() => returned.measured.count(), patient).toBeGreaterThan(known + 8);
  await expect(returned.alerts).toHaveCount(0);
});

test("a frozen page goes on where it was; the same study in another page is that one's own", async ({
  page,
  context,
  studio,
}) => {
  await studio.open();
  const [, first, second] = (await studio.layers()) as [string, string, string];
  await expect.poll(() => cellsKept(page), patient).toBeGreaterThan(0);
  await studio.choose(first, 4);
  const lid = await context.newCDPSession(page);
  await lid.send("Page.setWebLifecycleState", { state: "frozen" });

  // What was decided just before is there, and it is said that the study is open already.
  const other = await context.newPage();
  const beside = new Studio(other);
  await other.goto("/");
  await expect(beside.cell(first, 4)).toHaveAttribute("aria-selected", "true", patient);
  await expect(beside.alerts).toHaveText(/open in another page.*kept as a study of its own/, patient);
  await beside.alerts.getByRole("button", { name: "Dismiss" }).click();
  await beside.choose(second, 2);
  await expect.poll(() => studiesKept(other), patient).toBe(2);

  await lid.send("Page.setWebLifecycleState", { state: "active" });
  await page.bringToFront();
  await studio.choose(second, 6);
  const known = await studio.measured.count();
  await expect.poll(() => studio.measured.count(), patient).toBeGreaterThan(known);

  // Each has its own after a reload.
  await other.reload();
  await page.reload();
  await expect(beside.cell(second, 2)).toHaveAttribute("aria-selected", "true", patient);
  await expect(studio.cell(second, 6)).toHaveAttribute("aria-selected", "true", patient);
});

/** As the browser's own chrome://crash. */
async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  // It never answers.
  session.send("Page.crash").catch(() => {});
  await crashed;
}
