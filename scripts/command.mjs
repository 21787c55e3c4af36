// One child process: run a tool, pass signals on, wait for its end.
// Not a shell: arguments are never interpreted, except where Windows needs a shell for `.cmd` files.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * The file behind a tool of this workspace, for `node FILE`. Shims in `.bin` differ between systems; this does not.
 * @param {string} name package name
 * @param {string} [command] its command, where that is named differently
 */
export function tool(name, command = name) {
  const folder = join(root, "node_modules", name);
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) throw new Error(`${name}: found nothing in node_modules, expected an install.`);
  const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
  const file = typeof bin === "string" ? bin : bin?.[command];
  if (!file) throw new Error(`${name}: found no command ${command} in its package.json.`);
  return join(folder, file);
}

/**
 * Runs a command in the repository. Resolves with its exit code, never rejects: 127 if it could not start.
 * Ctrl-C and SIGTERM reach the child; when it has ended this process ends too.
 * @param {string} file
 * @param {string[]} args
 * @param {{ toStderr?: boolean, env?: Record<string, string>, timeout?: number }} [options]
 * @returns {Promise<number>}
 */
export function run(file, args, options = {}) {
  return new Promise((done) => {
    const shell = process.platform === "win32" && !file.endsWith(".exe");
    const child = spawn(file, args, {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", options.toStderr ? 2 : 1, 2],
      ...(options.timeout ? { timeout: options.timeout } : {}),
      shell,
    });
    /** @type {NodeJS.Signals | undefined} */
    let asked;
    /** @param {NodeJS.Signals} signal */
    const stop = (signal) => {
      asked = signal;
      child.kill(signal);
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
    /** @param {number} code */
    const end = (code) => {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      if (asked) process.exit(128 + constants.signals[asked]);
      done(code);
    };
    child.once("error", () => end(127));
    child.once("close", (code, signal) => end(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/**
 * Runs a tool of this workspace with this Node.
 * @param {string} name
 * @param {string[]} args
 * @param {Parameters<typeof run>[2] & { command?: string }} [options]
 */
export const runTool = (name, args, options = {}) =>
  run(process.execPath, [tool(name, options.command), ...args], options);

/** One line for a person; stdout stays free for results. @param {string} line */
export const say = (line) => void process.stderr.write(`${line}\n`);
