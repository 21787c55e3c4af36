// One command line, from its arguments to its exit code: picks the verb, prints its outcome, turns errors into one
// sentence. 0 done; 1 a gate was not met; 2 bad usage or bad input; 130 interrupted.

import { flags, parseFlags } from "./flags.ts";
import { Usage } from "./usage.ts";
import type { Job, Verb } from "./verb.ts";
import { allocate } from "./verbs/allocate.ts";
import { evaluate } from "./verbs/evaluate.ts";
import { exportElsewhere } from "./verbs/export.ts";
import { inspect } from "./verbs/inspect.ts";
import { landscape } from "./verbs/landscape.ts";
import { latency } from "./verbs/latency.ts";
import { optimize } from "./verbs/optimize.ts";
import { quantize } from "./verbs/quantize.ts";
import { remedies } from "./verbs/remedies.ts";
import { sensitivity } from "./verbs/sensitivity.ts";
import { verify } from "./verbs/verify.ts";
import { checkPlace, writeWhole } from "./writing.ts";

const verbs: readonly Verb[] = [
  inspect,
  evaluate,
  sensitivity,
  latency,
  allocate,
  landscape,
  optimize,
  remedies,
  quantize,
  exportElsewhere,
  verify,
];

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

/** Where a command writes, and what ends it. */
export interface Terminal {
  readonly stdout: (text: string) => Promise<void>;
  /** A line of prose or an error. */
  readonly say: (line: string) => void;
  readonly progress: Job["progress"];
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Runs one command line.
 * @returns the exit code; errors, too, are said and counted
 */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  // What verbs say on the way comes with their outcome: an error is one sentence, alone.
  const said: string[] = [];
  try {
    const code = await run(args, { ...terminal, say: (line) => said.push(line) });
    for (const line of said) terminal.say(line);
    return code;
  } catch (error) {
    // Any error here is about what was given: bugs too are answered by their sentence, with the stack on request.
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    terminal.say(process.env.BITSCAPE_DEBUG && stack ? stack : message.replaceAll("\n", " "));
    return 2;
  }
}

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { stdout, say, progress, signal } = terminal;
  const [name, ...rest] = args;
  const names = verbs.map((each) => each.name).join(", ");
  if (name === undefined) throw new Usage(`bitscape: no verb, expected ${names} (--help says more)`);
  if (name === "--help" || name === "help") {
    await stdout(`${help()}\n`);
    return 0;
  }
  const verb = verbs.find((each) => each.name === name);
  if (!verb) throw new Usage(`bitscape: no verb "${name}", expected ${names}`);
  const { positionals, values } = parseFlags(rest, verb.flags);
  if (values.help) {
    await stdout(`${help(verb)}\n`);
    return 0;
  }
  if (positionals.length !== verb.takes.length) {
    throw new Usage(`${verb.name}: ${positionals.length} arguments, expected ${verb.takes.join(" ")}`);
  }
  const { output } = values;
  if (output !== undefined) await checkPlace(output);
  const outcome = await verb.run({ positionals, values, signal, say, progress }).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (!outcome) {
    say("interrupted: nothing was written");
    return 130;
  }
  const document = `${JSON.stringify(outcome.json, finite, values.json ? 0 : 2)}\n`;
  if (output !== undefined && !verb.ownOutput) {
    // An interrupted sweep still keeps what it measured.
    const writing = outcome.interrupted ? new AbortController().signal : signal;
    await writeWhole(output, new TextEncoder().encode(document), writing);
  }
  await stdout(values.json ? document : `${outcome.text}\n`);
  if (outcome.interrupted) return 130;
  return outcome.met === false ? 1 : 0;
}

/** JSON has no infinities; an unbounded interval or a perfect SQNR is null. */
function finite(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}
