// npm run pictures: pictures of every panel, light and dark, taken from the current build (npm start builds it), and the page
// that shows them all (docs/PICTURES.md). What they are of is shots.mjs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { ensureBrowser } from "./browser.mjs";
import { shots } from "./shots.mjs";

const usage = `npm run pictures -- [--at URL] [--until NAME] [--theme light|dark] [--to FOLDER] [--early]
  --at URL        of a studio that is served already
  --until NAME    the last picture that is taken
  --theme         one of both
  --to FOLDER     they are put in, otherwise docs
  --early         does not wait until every cell is measured`;

const { values: asked } = parseArgs({
  options: {
    at: { type: "string" },
    until: { type: "string" },
    theme: { type: "string" },
    to: { type: "string", default: "docs" },
    early: { type: "boolean" },
    help: { type: "boolean" },
  },
});
const desk = { width: 1440, height: 900 };
const themes = /** @type {const} */ (["light", "dark"]).filter((theme) => (asked.theme ?? theme) === theme);

if (asked.help) process.stdout.write(`${usage}\n`);
else await main();

async function main() {
  mkdirSync(asked.to, { recursive: true });
  const server = asked.at === undefined ? await served() : null;
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ["--no-sandbox"] });
  let missed = 0;
  try {
    for (const theme of themes) {
      const page = await browser.newPage({ viewport: desk, colorScheme: theme, reducedMotion: "reduce" });
      page.setDefaultTimeout(180_000);
      await page.goto(asked.at ?? server?.address ?? "");
      await page.getByRole("button", { name: "Not now" }).click();
      if (!asked.early) await measured(page);
      missed += await takeAll(page, theme);
      await page.close();
    }
  } finally {
    await browser.close();
    server?.stop();
  }
  if (asked.until === undefined) writeFileSync(`${asked.to}/PICTURES.md`, gallery());
  if (missed > 0) process.exitCode = 1;
}

/** Serves what was built, on a free port. */
async function served() {
  const child = spawn(process.execPath, ["scripts/start.mjs", "--serve-only", "--no-open", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const address = /http:\S+/.exec(String(line))?.[0];
  if (!address) throw new Error(`server: said "${line}", expected its address`);
  return { address, stop: () => child.kill() };
}

/**
 * Every cell is measured, no longer only predicted, and so is the recipe itself.
 * @param {import("@playwright/test").Page} page
 */
function measured(page) {
  return page.waitForFunction(
    () => {
      const cells = [...document.querySelectorAll('[role="gridcell"]')];
      const names = cells.map((cell) => cell.getAttribute("aria-label") ?? "");
      const known = names.length > 50 && !names.some((name) => /not yet known|predicted \(/.test(name));
      return known && /measured, n=1,000/.test(document.body.textContent ?? "");
    },
    undefined,
    { timeout: 600_000 },
  );
}

/**
 * Returns how many could not be taken: what is missing takes only its own picture away.
 * @param {import("@playwright/test").Page} page
 * @param {string} theme
 */
async function takeAll(page, theme) {
  let missed = 0;
  for (const { name, reach, size } of shots) {
    const path = `${asked.to}/${name}-${theme}.png`;
    try {
      await page.setViewportSize(size ? { width: size[0], height: size[1] } : desk);
      const part = await reach(page);
      await (part ?? page).screenshot({ path, animations: "disabled" });
      process.stderr.write(`${path}\n`);
    } catch (error) {
      missed++;
      const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
      process.stderr.write(`${path}: not taken: ${reason}\n`);
    }
    if (name === asked.until) break;
  }
  return missed;
}

/** All pictures on a page, each in the theme of whoever looks. */
function gallery() {
  const parts = shots.map(
    ({ name, caption }) => `## ${caption}

<picture>
  <source media="(prefers-color-scheme: dark)" srcset="${name}-dark.png">
  <img src="${name}-light.png" alt="${caption}">
</picture>
`,
  );
  return `# Bitscape in pictures

Taken from the current build by \`npm run pictures\`, each panel in both themes; you see those of your own.

${parts.join("\n")}`;
}
