// The workspace's dependencies: installed when what is asked for differs from what the stamp says is there.
// Runs before anything is installed, so it needs Node alone.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { root, run, say } from "./command.mjs";
import { suitablePnpm } from "./node.mjs";

const pinned = "pnpm@12.21.0";
const modules = join(root, "node_modules");
const windows = process.platform === "win32";

/** Where scripts note what they have done; goes away with node_modules. */
export const stamps = join(modules, ".bitscape");

/** Installs where needed. Throws one sentence if that fails. */
export async function ensureInstalled() {
  const asked = wanted();
  const stamp = join(stamps, "install");
  const complete = existsSync(join(modules, ".pnpm", "lock.yaml"));
  if (!complete || !existsSync(stamp) || readFileSync(stamp, "utf8") !== asked) {
    say("Installing the workspace …");
    rmSync(stamp, { force: true });
    const [file, ...before] = packageManager();
    // CI=true: never ask, even where a node_modules of another package manager must go first.
    const env = { CI: "true", ONNXRUNTIME_NODE_INSTALL: "skip" };
    const code = await run(file, [...before, "install", "--frozen-lockfile"], { toStderr: true, env });
    if (code !== 0)
      throw new Error(`install: ${[file, ...before].join(" ")} ended with ${code}, expected 0.`);
    mkdirSync(stamps, { recursive: true });
    writeFileSync(stamp, asked);
  }
  linkBin();
}

/** Everything an install depends on, as one digest. */
function wanted() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  const members = readdirSync(join(root, "packages")).map((name) => join("packages", name));
  const manifests = [".", "app", "e2e", ...members.sort()].map((folder) => join(folder, "package.json"));
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests]) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`${file}\n`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

/** The pnpm on PATH if it will do, otherwise the pinned one through npx. @returns {[string, ...string[]]} */
function packageManager() {
  const { status, stdout } = spawnSync("pnpm", ["--version"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: "0" },
    shell: windows,
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 60_000,
  });
  return status === 0 && suitablePnpm(stdout) ? ["pnpm"] : ["npx", "-y", pinned];
}

/**
 * Lets `npx bitscape` work in every folder of the checkout. At the root npm finds the `bin` of package.json by
 * itself; from a member's folder it looks upwards for this file, and would else ask the registry.
 */
function linkBin() {
  const target = join(root, "scripts", "bitscape.mjs");
  const link = join(modules, ".bin", windows ? "bitscape.cmd" : "bitscape");
  if (existsSync(link) || !existsSync(target)) return;
  mkdirSync(join(modules, ".bin"), { recursive: true });
  rmSync(link, { force: true }); // a dangling one
  if (windows) writeFileSync(link, '@node "%~dp0\\..\\..\\scripts\\bitscape.mjs" %*\r\n');
  else {
    chmodSync(target, 0o755);
    symlinkSync(join("..", "..", "scripts", "bitscape.mjs"), link);
  }
}
