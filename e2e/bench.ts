// npm run bench:page: what a network of 100 MB takes in the built app: seconds of processor time, which others that use the
// machine change little, seconds by the clock, which they do, and memory. Linux alone, whose /proc says them. Not a test.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "@playwright/test";
import { ensureBrowser } from "../scripts/browser.mjs";
import { bottleneckModel } from "./bottlenecks.ts";

const SLOW = { timeout: 600_000 };
const TICKS = 100; // of processor time in a second, on every Linux in use

const folder = mkdtempSync(join(tmpdir(), "bitscape-bench-"));
const file = join(folder, "bottlenecks.onnx");
writeFileSync(file, bottleneckModel());
const given = process.argv[2];
const server = given
  ? undefined
  : spawn(process.execPath, ["scripts/start.mjs", "--serve-only", "--no-open", "--port", "0"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
try {
  const address = given ?? (await said());
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ["--no-sandbox"] });
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    serviceWorkers: "block",
  });
  const page = await context.newPage();
  await page.goto(address);
  const cell = page.getByRole("gridcell", { name: /predicted \(|measured on/ }).first();
  await cell.waitFor(SLOW);
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const pages = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  const pid = pages.sort((a, b) => memoryOf(b).VmRSS - memoryOf(a).VmRSS)[0] ?? 0;
  console.log(`load ${loadavg()[0]?.toFixed(1)}; ${memoryOf(pid).VmRSS} MB with the sample open\n`);
  const [began, worked] = [performance.now(), processorOf(pid)];
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, memoryOf(pid).VmHWM);
  }, 200);
  const tell = (what: string) => {
    const [seconds, processor] = [(performance.now() - began) / 1000, processorOf(pid) - worked];
    peak = Math.max(peak, memoryOf(pid).VmHWM);
    console.log(
      `${what.padEnd(24)} ${processor.toFixed(1).padStart(6)} s of processor ${seconds.toFixed(1).padStart(6)} s by the clock, at most ${peak} MB`,
    );
  };
  const drop = await context.newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await drop.send("Input.dispatchDragEvent", { type, x: 400, y: 400, data });
  }
  await page.getByRole("rowheader", { name: /^\/conv1\/Conv/ }).waitFor(SLOW);
  tell("rows");
  await cell.waitFor(SLOW);
  tell("first predicted cells");
  await page.waitForTimeout(60_000);
  tell("a minute later");
  clearInterval(watch);
  await browser.close();
} finally {
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function said(): Promise<string> {
  const [line] = await once(createInterface({ input: server?.stdout as NodeJS.ReadableStream }), "line");
  const address = /http:\S+/.exec(String(line))?.[0];
  if (!address) throw new Error(`server: said "${line}", expected its address`);
  return address;
}

/** Megabytes that a process holds, and the most it has held. */
function memoryOf(pid: number): { VmRSS: number; VmHWM: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return { VmRSS: of("VmRSS"), VmHWM: of("VmHWM") };
}

/** Seconds that a process has had of the processors. Source: proc(5), fields 14 and 15. */
function processorOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
