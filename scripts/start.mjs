// `npm start`: installs and builds where needed, serves the app on this machine, and opens a browser where there is one.
// Prints one line on stdout: the address. Everything else goes to stderr.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import * as util from "node:util"; // a named import of parseArgs would fail to link on a Node too old for it
import { app, cli, ensureBuilt } from "./build.mjs";
import { say } from "./command.mjs";
import { ensureInstalled } from "./install.mjs";
import { requireNode } from "./node.mjs";
import { endWithParent } from "./parent.mjs";
import { fileServer, listen } from "./serve.mjs";

const usage = `npm start -- [--port N] [--no-open] [--serve-only]
  --port N      listen on this port (also: PORT=N); otherwise 4173, or any free one
  --no-open     do not open a browser
  --serve-only  serve what was built before; install and build nothing`;

async function main() {
  const asked = options();
  if (asked.serveOnly) {
    if (!existsSync(app.product))
      throw new Error("app/dist: found nothing, expected a build; run npm start first.");
  } else {
    await ensureInstalled();
    await ensureBuilt(app);
    await ensureBuilt(cli);
  }
  const server = fileServer(dirname(app.product));
  const port = await listen(server, asked.port);
  const address = `http://127.0.0.1:${port}/`;
  process.stdout.write(`Bitscape is at ${address}\n`);
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  }
  if (asked.open) open(address);
}

function options() {
  /** @type {import("node:util").ParseArgsConfig["options"] & {}} */
  const known = {
    port: { type: "string" },
    "no-open": { type: "boolean" },
    "serve-only": { type: "boolean" },
    help: { type: "boolean" },
  };
  const { values } = util.parseArgs({ options: known });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  const text = values.port ?? (process.env.PORT || undefined);
  const port = text === undefined ? undefined : Number(text);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
    throw new Error(`port: found ${text}, expected a whole number from 0 to 65535.`);
  }
  const inCi = /^(1|true|yes)$/i.test(process.env.CI ?? "");
  return { port, open: !values["no-open"] && !inCi, serveOnly: values["serve-only"] === true };
}

/** Opens a browser where there is a display. Whether that works is nobody's concern. @param {string} address */
function open(address) {
  const { platform, env } = process;
  if (platform !== "win32" && platform !== "darwin" && !env.DISPLAY && !env.WAYLAND_DISPLAY) return;
  const [file, ...args] =
    platform === "win32"
      ? ["cmd", "/c", "start", "", address]
      : [platform === "darwin" ? "open" : "xdg-open", address];
  spawn(/** @type {string} */ (file), args, { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}

requireNode(1);
endWithParent("SIGTERM");
main().catch((error) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
