// pnpm fuzz -- --cases N --seed S [--shared]: files damaged and altered at random through the whole of opening, each
// under a watchdog. Prints what came out, and exits with 1 where anything but a model or a sentence did.

import { type ChildProcess, fork } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fuzzFiles } from "@bitscape/engine/fuzz";
import type { Reply, Task } from "./worker.ts";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((each) => each !== "--"),
  options: {
    cases: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    shared: { type: "boolean", default: false },
  },
});

/** A case that takes longer hangs. */
const LIMIT_MS = 5000;
/** Loading the modules is no case, and may take long on a busy machine. */
const LOADING_MS = 120_000;
/** Real networks up to this size are tried too, where they lie beside the checkout. */
const LARGEST = 400_000;

const shared = join(import.meta.dirname, "../../../../../shared/models");
const real = values.shared && existsSync(shared) ? readdirSync(shared) : [];
const files = [
  ...fuzzFiles,
  ...real
    .filter((name) => name.endsWith(".onnx"))
    .map((name) => new Uint8Array(readFileSync(join(shared, name))))
    .filter((file) => file.byteLength <= LARGEST),
];
const seed = Number(values.seed);
const first = Number(values.from);
const end = first + Number(values.cases);

/** A process of its own: one that hangs or runs out of memory can be ended, whatever it does. */
async function start(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "worker.ts"), { serialization: "advanced" });
  const ready = await ask(child, { files, seed }, LOADING_MS);
  if (ready?.kind !== "model") throw new Error(`worker: ${ready?.text ?? "no answer"}, expected it to load`);
  return child;
}

/** One task; undefined where it was not answered in time. */
function ask(child: ChildProcess, task: Task, limit = LIMIT_MS): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    const done = (reply: Reply | undefined) => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(reply);
    };
    const timer = setTimeout(() => done(undefined), limit);
    child.once("message", (reply: Reply) => done(reply));
    child.once("exit", (code) => done({ kind: "fault", text: `the worker ended with ${code}`, dead: true }));
    child.send(task);
  });
}

const counts = { model: 0, sentence: 0, fault: 0, hang: 0 };
const sentences = new Map<string, number>();
let slowest = { index: -1, ms: 0 };
let child = await start();
const before = performance.now();
for (let index = first; index < end; index++) {
  const from = performance.now();
  const reply = await ask(child, index);
  const ms = performance.now() - from;
  if (ms > slowest.ms) slowest = { index, ms };
  if (!reply) {
    counts.hang++;
    console.log(`case ${index}: no answer in ${LIMIT_MS / 1000} s`);
  } else {
    counts[reply.kind]++;
    if (reply.kind === "fault") console.log(`case ${index}: ${reply.text}`);
    // Names and numbers differ from case to case: counted by their frame.
    const frame =
      reply.kind === "sentence" ? (reply.text ?? "").replaceAll(/"[^"]*"|[\d.-]+|\S*_\S*/g, "…") : "";
    if (frame !== "") sentences.set(frame, (sentences.get(frame) ?? 0) + 1);
  }
  if (!reply || reply.dead) {
    child.kill("SIGKILL");
    child = await start();
  }
  if ((index + 1 - first) % 5000 === 0) console.log(`${index + 1 - first} of ${end - first}`);
}
child.kill();

const seconds = Math.round((performance.now() - before) / 1000);
console.log(
  `${end - first} cases of ${files.length} files, seed ${seed}, ${seconds} s: ${counts.model} models, ` +
    `${counts.sentence} sentences (${sentences.size} different), ${counts.fault} faults, ${counts.hang} hangs; ` +
    `slowest case ${slowest.index}, ${Math.round(slowest.ms)} ms`,
);
const common = [...sentences].sort(([, a], [, b]) => b - a).slice(0, 12);
for (const [frame, count] of common) console.log(`${String(count).padStart(6)}  ${frame.slice(0, 110)}`);
process.exitCode = counts.fault + counts.hang > 0 ? 1 : 0;
