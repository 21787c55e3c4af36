// What a verb of the command line is, and what it is given to work with.

import type { FlagName, Values } from "./flags.ts";

export interface Job {
  readonly positionals: readonly string[];
  readonly values: Values;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** A line of prose on stderr. */
  readonly say: (line: string) => void;
  /** Progress on stderr, replaced in place on a terminal. */
  readonly progress: (what: string, done: number, total: number) => void;
}

export interface Outcome {
  /** The verb's JSON document. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The same for a person. */
  readonly text: string;
  /** False where a gate was not met: exit code 1. */
  readonly met?: boolean;
  /** The work was cut short by Ctrl-C; the document holds what was done. */
  readonly interrupted?: boolean;
}

export interface Verb {
  readonly name: string;
  /** Positional arguments, as the usage line shows them. */
  readonly takes: readonly string[];
  readonly help: string;
  readonly flags: readonly FlagName[];
  /** `--output` is the verb's own file, not the JSON document. */
  readonly ownOutput?: boolean;
  readonly run: (job: Job) => Promise<Outcome>;
}
