// How the browser tests run: one Chromium, the built app, its own server on a port of its own.
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { defineConfig } from "@playwright/test";
import { findBrowser } from "../scripts/browser.mjs";

const args = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Every worker process reads this file again; what the first one finds is handed on in the environment.
const { env } = process;
// A port that was given may be served already, by whoever gave it.
const given = env.BITSCAPE_E2E_PORT !== undefined;
env.BITSCAPE_E2E_PORT ??= String(await freePort());
env.CHROMIUM ??= findBrowser() ?? "";
const address = `http://127.0.0.1:${env.BITSCAPE_E2E_PORT}/`;

export default defineConfig({
  testDir: ".",
  // Two at a time: a journey waits more than it works. What holds the page is reckoned in thread time, which others do not change.
  workers: Number(env.BITSCAPE_E2E_WORKERS ?? Math.min(2, availableParallelism())),
  retries: 0,
  timeout: 120_000,
  forbidOnly: Boolean(env.CI),
  reporter: "line",
  use: {
    baseURL: address,
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    // Kept pages would answer in the place of the server; the journey without a network allows them.
    serviceWorkers: "block",
    launchOptions: { args, ...(env.CHROMIUM ? { executablePath: env.CHROMIUM } : {}) },
  },
  webServer: {
    command: `node scripts/start.mjs --serve-only --no-open --port ${env.BITSCAPE_E2E_PORT}`,
    cwd: "..",
    url: address,
    reuseExistingServer: given,
    stderr: "pipe",
  },
});

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const found = server.address();
      server.close(() => done(typeof found === "object" && found ? found.port : 0));
    });
  });
}
