// `npm test`: lint, types, unit tests, build, browser tests. Every step runs that can, whatever failed before it.
// The last line of stdout is the sum over everything: `N passed, N failed`, with `, N skipped` where some were.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBrowser } from "./browser.mjs";
import { app, build, cli, ensureBuilt } from "./build.mjs";
import { runTool } from "./command.mjs";
import { ensureInstalled } from "./install.mjs";
import { requireNode } from "./node.mjs";
import { endWithParent } from "./parent.mjs";
import { nothing, one, playwrightTally, print, settle, sum, vitestTally } from "./tally.mjs";

/** @typedef {import("./tally.mjs").Tally} Tally */

const usage = `npm test -- [--only STEP[,STEP]] [arguments for a single unit or e2e step]
  STEP  lint, types, unit, build or e2e`;

/** Reports go where nothing of the tree sees them. */
const reports = mkdtempSync(join(tmpdir(), "bitscape-test-"));
process.on("exit", () => rmSync(reports, { recursive: true, force: true }));

/** What this run could not build: an older build must not be tested in its place. */
const broken = new Set();

/** @type {Record<string, (args: string[]) => Promise<Tally>>} in the order in which they run */
const steps = {
  lint: async () => one((await runTool("@biomejs/biome", ["check"], { command: "biome" })) === 0),
  types: async () => one((await runTool("typescript", ["-b"], { command: "tsc" })) === 0),
  unit: async (args) => {
    const file = join(reports, "unit.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const code = await runTool("vitest", ["run", ...reporters, ...args]);
    return settle(vitestTally(file), code);
  },
  build: async () => {
    for (const product of [app, cli]) if (!(await build(product))) broken.add(product);
    return one(broken.size === 0);
  },
  e2e: async (args) => {
    if (broken.has(app)) throw new Error("not run, as the app did not build.");
    await ensureBuilt(app);
    if (!broken.has(cli)) await ensureBuilt(cli); // journeys may compare the page with the command line
    const file = join(reports, "e2e.json");
    const env = { CHROMIUM: await ensureBrowser(), PLAYWRIGHT_JSON_OUTPUT_FILE: file };
    // On a machine that others use a journey may run out of time: it is asked once more, and named as flaky where it passes then.
    const all = ["test", "-c", "e2e", "--reporter=list,json", "--retries=1", ...args];
    const code = await runTool("@playwright/test", all, { command: "playwright", env });
    return settle(playwrightTally(file), code);
  },
};

/** Runs one step between a heading and its outcome. @param {string} name @param {() => Promise<Tally>} step */
async function timed(name, step) {
  process.stdout.write(`\n── ${name}\n`);
  const start = performance.now();
  let tally = nothing;
  try {
    tally = await step();
  } catch (error) {
    process.stdout.write(`${name}: ${error instanceof Error ? error.message : error}\n`);
    tally = one(false);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`── ${name}: ${tally === nothing ? "done" : print(tally)} (${seconds} s)\n`);
  return tally;
}

async function main() {
  const { only, rest } = asked(process.argv.slice(2));
  let total = await timed("install", () => ensureInstalled().then(() => nothing));
  if (total.failed === 0) {
    for (const [name, step] of Object.entries(steps)) {
      if (only.includes(name)) total = sum(total, await timed(name, () => step(rest)));
    }
  }
  const good = total.failed === 0 && total.passed > 0;
  process.stdout.write(`\n${print(total)}\n`);
  process.exitCode = good ? 0 : 1;
}

/** @param {string[]} args */
function asked(args) {
  const all = Object.keys(steps);
  if (args[0] === undefined) return { only: all, rest: [] };
  const only = args[0] === "--only" ? (args[1] ?? "").split(",") : [];
  const rest = args.slice(2);
  const known = only.length > 0 && only.every((name) => all.includes(name));
  if (!known || (rest.length > 0 && (only.length > 1 || !["unit", "e2e"].includes(only[0] ?? "")))) {
    process.stderr.write(`${usage}\n`);
    process.exit(2);
  }
  return { only, rest };
}

requireNode(1);
if (!process.stdout.isTTY && process.env.FORCE_COLOR === undefined) process.env.NO_COLOR = "1"; // logs stay readable
endWithParent("SIGTERM");
await main();
