// What the studio lends to the rooms whose calls it hands on: the study at hand, jobs with names, and turns.

import type { Study } from "./study.ts";

export interface Host {
  readonly study: () => Study;
  /** Runs a job that can be cancelled by its name. */
  readonly job: <T>(name: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T | "cancelled">;
  /** Between two steps of a background job, which gives way to interactive ones. */
  readonly background: (signal: AbortSignal) => Promise<void>;
  /** Between two steps of any job. */
  readonly step: (signal: AbortSignal) => Promise<void>;
  /** Runs an interactive job, before all else. */
  readonly interactive: <T>(work: () => Promise<T>) => Promise<T>;
}
