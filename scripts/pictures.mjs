// npm run pictures: the pictures of the README, taken from the current build (npm start builds it).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { chromium } from "@playwright/test";
import { ensureBrowser } from "./browser.mjs";

const server = spawn(process.execPath, ["scripts/start.mjs", "--serve-only", "--no-open", "--port", "0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const [line] = await once(createInterface({ input: server.stdout }), "line");
  const address = /http:\S+/.exec(String(line))?.[0];
  if (!address) throw new Error(`server: said "${line}", expected its address`);
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ["--no-sandbox"] });
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: scheme });
    await page.goto(address);
    await page.getByRole("button", { name: "Not now" }).click();
    // Every cell is measured, no longer only predicted, and so is the recipe itself.
    await page.waitForFunction(
      () => {
        const cells = [...document.querySelectorAll('[role="gridcell"]')];
        const names = cells.map((cell) => cell.getAttribute("aria-label") ?? "");
        const known = names.length > 50 && !names.some((name) => /not yet known|predicted \(/.test(name));
        return known && /measured, n=1,000/.test(document.body.textContent ?? "");
      },
      undefined,
      { timeout: 300_000 },
    );
    await page.screenshot({ path: `docs/studio-${scheme}.png` });
    await page.getByRole("button", { name: /^Predictions (dis)?agree/ }).click();
    const dialog = page.getByRole("dialog", { name: "How far to trust predictions" });
    await dialog.getByRole("img", { name: /predicted against measured/ }).waitFor();
    await dialog.screenshot({ path: `docs/predicted-${scheme}.png` });
    await page.keyboard.press("Escape");
    await tools(page, scheme);
    await page.close();
  }
  await browser.close();
} finally {
  server.kill();
}

/**
 * The panels of the dock, each with something in it to see.
 * @param {import("@playwright/test").Page} page
 * @param {string} scheme
 */
async function tools(page, scheme) {
  // A recipe that hurts a little: otherwise there is nothing to compare.
  for (const layer of ["stem/conv", "block1/conv1", "block3/conv2"]) {
    await page.getByRole("gridcell", { name: new RegExp(`^${layer}, weight, 2 bits`) }).click();
  }
  // Each, and what must be there before its picture is taken.
  const shown = /** @type {const} */ ([
    ["Graph", page.getByRole("tabpanel").getByText("block4/").first()],
    ["Landscape", page.getByText(/interaction share/i).first()],
    ["Compare", page.getByRole("button", { name: /dB$/ }).first()],
    ["Report", page.getByTitle("The report")],
    ["Guide", page.getByText("One study, step by step")],
  ]);
  for (const [title, ready] of shown) {
    await page.getByRole("tab", { name: title }).click();
    const larger = page.getByRole("button", { name: "Larger panel" });
    if (await larger.isVisible()) await larger.click();
    await ready.waitFor({ timeout: 120_000 });
    // Work that is going on in the panel ends: a slice refines, samples are compared.
    await page.waitForFunction(
      () => !document.querySelector('[role="tabpanel"] [role="progressbar"]'),
      undefined,
      { timeout: 300_000 },
    );
    await page.screenshot({ path: `docs/${title.toLowerCase()}-${scheme}.png` });
  }
  await page.getByRole("button", { name: "Close panel" }).click();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Export" });
  await dialog.getByRole("region", { name: "Verification" }).waitFor({ timeout: 120_000 });
  await dialog.screenshot({ path: `docs/export-${scheme}.png` });
}
