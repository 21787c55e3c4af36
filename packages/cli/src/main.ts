#!/usr/bin/env node
// The command line as a process: arguments, streams, Ctrl-C and the exit code are this process's own.

import { runCommand, type Terminal } from "./command.ts";

const controller = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.once(name, () => {
    controller.abort();
    // A second one does not wait for the step at hand.
    process.once(name, () => process.exit(130));
  });
}

function progressOn(stream: NodeJS.WriteStream): Terminal["progress"] {
  let last = 0;
  return (what, done, total) => {
    const now = performance.now();
    if (!stream.isTTY || (done < total && now - last < 200)) return;
    last = now;
    stream.write(`\r${what} ${done}/${total}${done === total ? "\n" : ""}`);
  };
}

runCommand(process.argv.slice(2), {
  stdout: (text) => new Promise((done) => process.stdout.write(text, () => done())),
  say: (line) => process.stderr.write(`${line}\n`),
  progress: progressOn(process.stderr),
  signal: controller.signal,
}).then((code) => {
  process.exitCode = code;
});
