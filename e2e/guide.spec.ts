// A first visit: the tour, and one study step by step.

import { expect, patient, test } from "./studio.ts";

test("the tour is offered once, and goes through five places by keyboard", async ({ studio, page }) => {
  await studio.open();
  const offer = page.getByRole("complementary", { name: "First visit" });
  await offer.getByRole("button", { name: "Take the tour" }).click();
  for (const step of [1, 2, 3, 4, 5]) {
    const card = page.getByRole("dialog", { name: `Tour, step ${step} of 5` });
    await expect(card).toBeVisible(patient);
    await expect(card).toBeInViewport();
    if (step === 5) break;
    await card.getByRole("button", { name: "Next" }).press("Enter");
  }
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.reload();
  await expect(studio.known.first()).toBeVisible(patient);
  await expect(offer).toBeHidden();
});

test("the guide's example ruins a network and mends a part of it with a few kilobytes", async ({
  studio,
  page,
}) => {
  await studio.open();
  await page.getByRole("tab", { name: "Guide" }).click();
  const guide = page.getByRole("tabpanel", { name: "Guide" });
  await expect(guide.getByRole("button", { name: "Set all weights to 2 bits" })).toBeDisabled();
  await guide.getByRole("button", { name: "Open Shapes MobileNet" }).click();
  await expect(page.getByRole("button", { name: "Open a model or data" })).toHaveText(
    "shapes-mobile.onnx",
    patient,
  );
  const float = await studio.floatAccuracy();
  await guide.getByRole("button", { name: "Set all weights to 2 bits" }).click();
  const ruined = await studio.accuracy();
  expect(float - ruined).toBeGreaterThan(20);
  const size = await studio.size();
  await guide.getByRole("button", { name: "Give them 8 bits" }).click();
  await expect.poll(() => studio.accuracy(), patient).toBeGreaterThan(ruined + 5);
  expect(await studio.size()).toBeLessThan(size + 8000);
});
