#!/usr/bin/env node
// The command line: picks the verb, prints its outcome, turns errors into one sentence and an exit code.
// 0 done; 1 a gate was not met; 2 bad usage or bad input; 130 interrupted.

import { flags, parseFlags } from "./flags.ts";
import { Usage } from "./usage.ts";
import type { Outcome, Verb } from "./verb.ts";
import { evaluate } from "./verbs/evaluate.ts";
import { inspect } from "./verbs/inspect.ts";
import { quantize } from "./verbs/quantize.ts";
import { sensitivity } from "./verbs/sensitivity.ts";
import { verify } from "./verbs/verify.ts";
import { writeWhole } from "./writing.ts";

const verbs: readonly Verb[] = [inspect, evaluate, sensitivity, quantize, verify];

function help(verb?: Verb): string {
  if (!verb) {
    const lines = verbs.map(
      ({ name, takes, help: text }) => `  ${[name, ...takes].join(" ").padEnd(24)}  ${text}`,
    );
    return [
      "bitscape: quantize ONNX networks",
      "",
      ...lines,
      "",
      "bitscape VERB --help lists a verb's flags.",
    ].join("\n");
  }
  const lines = verb.flags.map((name) => {
    const flag: { help: string; value?: string } = flags[name];
    return `  ${`--${name} ${flag.value ?? ""}`.padEnd(34)} ${flag.help}`;
  });
  return [`bitscape ${[verb.name, ...verb.takes].join(" ")}: ${verb.help}`, "", ...lines].join("\n");
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "help") {
    process.stdout.write(`${help()}\n`);
    return name === undefined ? 2 : 0;
  }
  const verb = verbs.find((each) => each.name === name);
  if (!verb)
    throw new Usage(`bitscape: no verb "${name}", expected ${verbs.map((each) => each.name).join(", ")}`);
  const { positionals, values } = parseFlags(rest, verb.flags);
  if (values.help) {
    process.stdout.write(`${help(verb)}\n`);
    return 0;
  }
  if (positionals.length !== verb.takes.length) {
    throw new Usage(`${verb.name}: ${positionals.length} arguments, expected ${verb.takes.join(" ")}`);
  }
  const controller = new AbortController();
  process.once("SIGINT", () => {
    controller.abort();
    // A second Ctrl-C does not wait for the step at hand.
    process.once("SIGINT", () => process.exit(130));
  });
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const outcome = await verb
    .run({ positionals, values, signal: controller.signal, say, progress: progressOn(process.stderr) })
    .catch((error: unknown) => {
      if (controller.signal.aborted) return undefined;
      throw error;
    });
  if (!outcome) {
    say("interrupted: nothing was written");
    return 130;
  }
  await print(outcome, values.json === true, verb.ownOutput ? undefined : values.output, controller.signal);
  if (outcome.interrupted) return 130;
  return outcome.met === false ? 1 : 0;
}

async function print(
  outcome: Outcome,
  json: boolean,
  output: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const document = `${JSON.stringify(outcome.json, finite, json ? 0 : 2)}\n`;
  if (output !== undefined) {
    // An interrupted sweep still keeps what it measured.
    const writing = outcome.interrupted ? new AbortController().signal : signal;
    await writeWhole(output, [new TextEncoder().encode(document)], writing);
  }
  await new Promise<void>((done) => {
    process.stdout.write(json ? document : `${outcome.text}\n`, () => done());
  });
}

/** JSON has no infinities; an unbounded interval or a perfect SQNR is null. */
function finite(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}

function progressOn(stream: NodeJS.WriteStream): (what: string, done: number, total: number) => void {
  let last = 0;
  return (what, done, total) => {
    const now = performance.now();
    if (!stream.isTTY || (done < total && now - last < 200)) return;
    last = now;
    stream.write(`\r${what} ${done}/${total}${done === total ? "\n" : ""}`);
  };
}

// Any error here is about what was given: bugs too are answered by their sentence, with the stack on request.
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`${process.env.BITSCAPE_DEBUG ? stack : message.replaceAll("\n", " ")}\n`);
    process.exitCode = 2;
  },
);
