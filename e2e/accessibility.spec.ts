// WCAG 2.2 AA by axe-core: every panel and dialog, light and dark.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, patient, type Studio, test } from "./studio.ts";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

test("no panel and no dialog violates WCAG 2.2 AA, light or dark", async ({ studio, page }) => {
  // Each look is seconds of the page's own time.
  test.slow();
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await studio.openCalmly();
  await clean(page, "main screen");
  for (const title of ["Graph", "Landscape", "Compare", "Methods", "Report", "Guide"]) {
    await page.getByRole("tab", { name: title }).click();
    await expect(page.getByRole("tabpanel", { name: title })).toBeVisible();
    await expect(page.getByText("Loading…")).toHaveCount(0, patient);
    await clean(page, title);
  }
  await page.getByRole("button", { name: "Close panel" }).click();
  for (const open of dialogs) {
    const name = await open(studio, page);
    await expect(page.getByRole("dialog", { name })).toBeVisible(patient);
    await clean(page, name);
    await page.keyboard.press("Escape");
  }
});

const dialogs: readonly ((studio: Studio, page: Page) => Promise<string>)[] = [
  async (_, page) => {
    await page.getByRole("button", { name: "Data…" }).click();
    return "Data";
  },
  async (_, page) => {
    await page.getByRole("button", { name: /^About this model/ }).click();
    return "About this model";
  },
  async (_, page) => {
    await page.getByRole("button", { name: "Open a model or data" }).click();
    await page.getByRole("menuitem", { name: /^Open an address/ }).click();
    return "Open an address";
  },
  async (_, page) => {
    await page.getByRole("button", { name: "Open a model or data" }).click();
    await page.getByRole("menuitem", { name: /^Samples with pictures/ }).click();
    return "Samples";
  },
  async (_, page) => {
    await page.getByRole("button", { name: /trust predictions|^Predictions (dis)?agree/ }).click();
    return "How far to trust predictions";
  },
  async (studio) => {
    await studio.keptStudies();
    return "Kept studies";
  },
  async (studio) => {
    await studio.export();
    return "Export";
  },
];

/** By every rule in the light; in the dark by those of colour, which is all that is another there. */
async function clean(page: Page, where: string): Promise<void> {
  await violates(page, `${where}, light`, (axe) => axe.withTags(rules));
  await page.emulateMedia({ colorScheme: "dark" });
  await violates(page, `${where}, dark`, (axe) => axe.withRules(["color-contrast", "link-in-text-block"]));
  await page.emulateMedia({ colorScheme: "light" });
}

/** Says which rule, where, and what is wrong. */
async function violates(page: Page, where: string, by: (axe: AxeBuilder) => AxeBuilder): Promise<void> {
  // The report's frame is a document of its own; without frames there is no need of axe's own page beside each run.
  const { violations } = await by(new AxeBuilder({ page }).setLegacyMode(true).exclude("iframe")).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(
      (node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary?.split("\n").slice(1).join(";")}`,
    ),
  );
  expect.soft(found, where).toEqual([]);
}
