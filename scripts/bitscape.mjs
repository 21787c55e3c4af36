#!/usr/bin/env node
// `bitscape` from a checkout: the built command line if there is one, otherwise its TypeScript through tsx.
// Runs it in this very process, so arguments, exit code, streams and signals are its own.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { requireNode } from "./node.mjs";
import { endWithParent } from "./parent.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const built = join(root, "packages", "cli", "dist", "main.js");
const source = join(root, "packages", "cli", "src", "main.ts");
const tsx = join(root, "node_modules", "tsx", "dist", "esm", "api", "index.mjs");

/** @param {string} file */
async function load(file) {
  process.argv[1] = file; // as if it had been started by name
  await import(pathToFileURL(file).href);
}

async function main() {
  if (existsSync(built)) return load(built);
  if (!existsSync(source) || !existsSync(tsx)) {
    process.stderr.write("bitscape: found no build and no install; run npm start or npm test first.\n");
    process.exitCode = 2;
    return;
  }
  const { register } = await import(pathToFileURL(tsx).href);
  register();
  await load(source);
}

requireNode(2);
endWithParent("SIGINT");
// Where the command line handles Ctrl-C itself (to take back a half-written file), that is left to it.
process.on("SIGINT", () => {
  if (process.listenerCount("SIGINT") === 1) process.exit(130);
});
await main();
