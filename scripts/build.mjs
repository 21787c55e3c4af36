// The two products, app/dist and packages/cli/dist: built by Vite, and not again while their sources stay the same.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runTool, say } from "./command.mjs";
import { stamps } from "./install.mjs";

/** @typedef {{ name: string, folder: string, product: string, sources: string[] }} Product */

const shared = ["packages", "pnpm-lock.yaml", "package.json", "tsconfig.base.json"];

/** @type {Product} */
export const app = {
  name: "app",
  folder: "app",
  product: join(root, "app", "dist", "index.html"),
  sources: ["app", "public", ...shared],
};

/** @type {Product} */
export const cli = {
  name: "cli",
  folder: "packages/cli",
  product: join(root, "packages", "cli", "dist", "main.js"),
  sources: shared,
};

/** Builds a product whatever its state. Resolves with whether that worked. @param {Product} what */
export async function build(what) {
  const stamp = join(stamps, `build-${what.name}`);
  rmSync(stamp, { force: true });
  const before = digest(what); // of what Vite is about to read: an edit meanwhile means building again
  const code = await runTool("vite", ["build", what.folder, "--logLevel", "warn"], { toStderr: true });
  if (code !== 0 || !existsSync(what.product)) return false;
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, before + made(what));
  return true;
}

/** Builds a product unless it is up to date. Throws one sentence if that fails. @param {Product} what */
export async function ensureBuilt(what) {
  const stamp = join(stamps, `build-${what.name}`);
  if (existsSync(what.product) && existsSync(stamp)) {
    if (readFileSync(stamp, "utf8") === digest(what) + made(what)) return;
  }
  say(`Building the ${what.name} …`);
  if (!(await build(what))) throw new Error(`build: ${what.folder} did not build; the reason is above.`);
}

/** When the product was written: a build by hand since then makes the stamp void. @param {Product} what */
const made = (what) => ` ${statSync(what.product).mtimeMs}`;

/** @param {Product} what */
function digest(what) {
  const hash = createHash("sha256");
  for (const source of what.sources) add(hash, source);
  return hash.digest("hex");
}

/** @param {import("node:crypto").Hash} hash @param {string} path relative to the repository */
function add(hash, path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) {
      if (name === "node_modules" || name === "dist" || /\.test\.tsx?$/.test(name)) continue;
      add(hash, join(path, name));
    }
  } else hash.update(`${path}\n`).update(readFileSync(full));
}
