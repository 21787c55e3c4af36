// A Chromium for the browser tests: found where one usually is, fetched where there is none.
// A candidate counts only once it has told its version: wrappers without a browser behind them are common.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { run, runTool, say } from "./command.mjs";

const { env, platform } = process;
const windows = platform === "win32";

/** The path of a Chromium that starts, or undefined. `$CHROMIUM` comes first. @returns {string | undefined} */
export function findBrowser() {
  if (env.CHROMIUM && !starts(env.CHROMIUM))
    say(`CHROMIUM: ${env.CHROMIUM} does not start, looking further.`);
  for (const candidate of candidates()) if (starts(candidate)) return candidate;
  return undefined;
}

/** The same, after fetching one where none was found. Throws one sentence if nothing helps. @returns {Promise<string>} */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  for (const { name, there, fetch } of sources) {
    if (!there()) continue;
    say(`No Chromium found; trying ${name} …`);
    const installed = (await fetch()) && findBrowser();
    if (installed) return installed;
  }
  throw new Error(
    "browser: found no Chromium and could not fetch one; install it or set CHROMIUM to its path.",
  );
}

const names = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
  "microsoft-edge-stable",
];

function* candidates() {
  if (env.CHROMIUM) yield env.CHROMIUM;
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (folder) for (const name of names) yield join(folder, windows ? `${name}.exe` : name);
  }
  if (platform === "darwin") {
    for (const folder of ["/Applications", join(homedir(), "Applications")]) {
      for (const name of ["Google Chrome", "Chromium", "Microsoft Edge"]) {
        yield join(folder, `${name}.app`, "Contents", "MacOS", name);
      }
    }
  }
  if (windows) {
    for (const folder of [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA]) {
      if (!folder) continue;
      yield join(folder, "Google", "Chrome", "Application", "chrome.exe");
      yield join(folder, "Chromium", "Application", "chrome.exe");
      yield join(folder, "Microsoft", "Edge", "Application", "msedge.exe");
    }
  }
  yield* playwrights();
}

/** Browsers in Playwright's own cache, newest first; the full browser before the headless shell. */
function* playwrights() {
  const usual = {
    darwin: join(homedir(), "Library", "Caches"),
    win32: env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"),
    linux: env.XDG_CACHE_HOME ?? join(homedir(), ".cache"),
  };
  const own = env.PLAYWRIGHT_BROWSERS_PATH;
  const cache =
    own && own !== "0" ? own : join(usual[/** @type {"linux"} */ (platform)] ?? usual.linux, "ms-playwright");
  const newest = list(cache).sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  for (const kind of ["chromium-", "chromium_headless_shell-"]) {
    for (const folder of newest) if (folder.startsWith(kind)) yield* executables(join(cache, folder), 5);
  }
}

const executable =
  /^(chrome|chromium|Chromium|Google Chrome for Testing|headless_shell|chrome-headless-shell)(\.exe)?$/;

/** @param {string} folder @param {number} depth @returns {Generator<string>} */
function* executables(folder, depth) {
  for (const name of list(folder)) {
    const path = join(folder, name);
    if (executable.test(name) && (!windows || name.endsWith(".exe"))) yield path;
    if (depth > 1 && !name.includes(".pak")) yield* executables(path, depth - 1);
  }
}

/** What is in a folder; nothing where it is not one. @param {string} folder */
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @param {string} file */
function starts(file) {
  if (!existsSync(file)) return false;
  if (windows) return true; // there --version opens a window
  const { status, stdout } = spawnSync(file, ["--version"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 30_000,
  });
  return status === 0 && /\d+\.\d+/.test(stdout);
}

/** @typedef {{ name: string, there: () => boolean, fetch: () => Promise<boolean> }} Source */

/** Ways to fetch a browser, in order; `fetch` says whether it seems to have worked. @type {Source[]} */
const sources = [
  {
    name: "Playwright's download",
    there: () => true,
    fetch: async () => {
      const quick = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "15000" }; // where its host is walled off
      const options = { command: "playwright", toStderr: true, env: quick, timeout: 600_000 };
      return (await runTool("@playwright/test", ["install", "chromium"], options)) === 0;
    },
  },
  system("apt-get", ["update"], ["install", "-y", "chromium"]),
  system("dnf", ["install", "-y", "chromium"]),
  system("apk", ["add", "chromium"]),
  {
    name: "brew",
    there: () => platform === "darwin" && onPath("brew"),
    fetch: async () => (await run("brew", ["install", "--cask", "chromium"], { toStderr: true })) === 0,
  },
];

/**
 * A package manager that wants root: directly, or through a sudo that asks nothing. The last call decides.
 * @param {string} file @param {string[][]} calls @returns {Source}
 */
function system(file, ...calls) {
  const root = process.getuid?.() === 0;
  return {
    name: file,
    there: () =>
      onPath(file) && (root || spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0),
    fetch: async () => {
      let code = 0;
      for (const args of calls) {
        const [command = file, ...all] = root ? [file, ...args] : ["sudo", "-n", file, ...args];
        code = await run(command, all, { toStderr: true, env: { DEBIAN_FRONTEND: "noninteractive" } });
      }
      return code === 0;
    },
  };
}

/** @param {string} file */
function onPath(file) {
  return (env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, file)));
}
