// The built page opens, is cross-origin isolated (threads in WebAssembly), and complains of nothing.
import { expect, test } from "@playwright/test";

test("opens isolated and without console errors", async ({ page }) => {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));

  await page.goto("/", { waitUntil: "networkidle" });

  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(complaints).toEqual([]);
});
