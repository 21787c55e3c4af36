// The inspector: clips by pointer and keys, what an option would cost, remedies measured and applied, only this layer and all
// but it. Each edit is one step of undo.

import { expect, patient, test } from "./studio.ts";

test("clips are dragged and moved by keys, remedies are tried and applied, and undo takes each back", async ({
  page,
  studio,
}) => {
  await studio.open();
  const layer = (await studio.layers())[1] as string;
  await studio.choose(layer, 4);
  const inspector = page.getByRole("region", { name: "Layer", exact: true });
  const upper = inspector.getByRole("slider", { name: "Upper clip" });
  const rules = inspector.getByRole("radiogroup", { name: "Range rule" });
  const undo = page.getByRole("button", { name: "Undo" });
  const value = async () => Number(await upper.getAttribute("aria-valuenow"));
  await expect(upper).toHaveAttribute("aria-valuetext", /none clipped/, patient);
  const whole = await value();

  // A drag: more is clipped as it goes; let go, it is one edit.
  await upper.hover();
  const box = (await upper.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.down();
  await page.mouse.move(x - 40, y);
  await page.mouse.move(x - 90, y);
  await expect(upper).toHaveAttribute("aria-valuetext", /[\d.]+ % clipped/, patient);
  await expect(rules.getByRole("radio", { checked: true })).toHaveText("min–max");
  await page.mouse.up();
  await expect(rules.getByRole("radio", { checked: true })).toHaveText(/^0\.\d+ × min–max$/);
  const dragged = await value();
  expect(dragged).toBeLessThan(whole);

  // Another drag, given up.
  await page.mouse.down();
  await page.mouse.move(x - 140, y);
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect.poll(value).toBeCloseTo(dragged, 3);

  // Keys of one visit are one step, which Escape takes back; Home clips nothing.
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(value).toBeLessThan(dragged - 0.001);
  await page.keyboard.press("Escape");
  await expect.poll(value, patient).toBeCloseTo(dragged, 3);
  await page.keyboard.press("Home");
  await expect(rules.getByRole("radio", { checked: true })).toHaveText("min–max");
  await studio.undo();
  await expect(rules.getByRole("radio", { checked: true })).toHaveText(/^0\.\d+ × min–max$/);
  await studio.undo();
  await expect(rules.getByRole("radio", { checked: true })).toHaveText("min–max");

  // A channel by itself.
  const strip = inspector.getByRole("slider", { name: "Output channel" });
  await strip.focus();
  await page.keyboard.press("ArrowRight");
  await expect(strip).toHaveAttribute("aria-valuetext", /^channel 0, .* times the median range/);
  await expect(inspector.getByRole("img", { name: /; channel 0 from .* its grid from / })).toBeVisible(
    patient,
  );

  // An option that is pointed at says what it would cost, and changes nothing.
  const consequences = inspector.getByRole("region", { name: "What it costs and saves" });
  await inspector
    .getByRole("radiogroup", { name: "Bits" })
    .getByRole("radio", { name: "2", exact: true })
    .hover();
  await expect(consequences).toContainText("Considered: 2 bits");
  await expect(consequences).toContainText(/file −[\d,]+ bytes/, patient);
  await page.mouse.move(5, 5);
  await expect(consequences).not.toContainText("Considered");
  await expect(studio.cell(layer, 4)).toHaveAttribute("aria-selected", "true");

  // Remedies: measured against the recipe, one applied, taken back.
  await inspector.getByRole("button", { name: "Try remedies" }).click();
  const remedies = inspector.getByRole("list", { name: "Remedies" });
  await expect(remedies.getByRole("listitem").first()).toContainText(/n=\d+/, patient);
  await expect(inspector.getByRole("button", { name: "Try again" })).toBeVisible(patient);
  await inspector.getByRole("button", { name: /^Show all \d+/ }).click();
  const wider = remedies.getByRole("listitem").filter({ hasText: /^5 bits/ });
  await expect(wider).toContainText(/saves .* n=|within noise: .* n=/);
  await wider.getByRole("button", { name: "Apply: 5 bits" }).click();
  await expect(studio.cell(layer, 5)).toHaveAttribute("aria-selected", "true");
  await expect(wider).toContainText("applied");
  await expect(inspector.getByText(/The recipe has changed since/)).toBeVisible();
  await studio.undo();
  await expect(studio.cell(layer, 4)).toHaveAttribute("aria-selected", "true");

  // Only this layer, and all but it.
  const shares = inspector.getByRole("region", { name: "Share of the loss" });
  const now = shares.getByRole("button", { name: "Measure now" });
  const known = shares.getByText(/measured on 256 samples each;/);
  await expect(now.or(known).first()).toBeVisible(patient);
  if (await now.isVisible()) await now.click();
  await expect(known).toBeVisible(patient);
  await expect(shares).toContainText(/% of the total/);
  const other = (await studio.layers())[2] as string;
  await shares.getByRole("button", { name: "Only this layer" }).click();
  await expect(studio.chosen(other)).toHaveAccessibleName(/weight, float/);
  await expect(studio.cell(layer, 4)).toHaveAttribute("aria-selected", "true");
  await studio.undo();
  await expect(studio.chosen(other)).toHaveAccessibleName(/weight, 8 bits/);
  await shares.getByRole("button", { name: "All but this layer" }).click();
  await expect(studio.chosen(layer)).toHaveAccessibleName(/weight, float/);
  await expect(studio.chosen(other)).toHaveAccessibleName(/weight, 8 bits/);
  await expect(shares).toContainText("This layer is float");
  await studio.undo();
  await expect(undo).toBeEnabled();

  // The edge between inspector and budget, by keys; a double click puts it back.
  const edge = page.getByRole("separator", { name: "Height of the inspector" });
  const usual = await edge.getAttribute("aria-valuenow");
  await edge.focus();
  await page.keyboard.press("ArrowDown");
  await expect(edge).not.toHaveAttribute("aria-valuenow", usual as string);
  await edge.dblclick();
  await expect(edge).toHaveAttribute("aria-valuenow", usual as string);
});
