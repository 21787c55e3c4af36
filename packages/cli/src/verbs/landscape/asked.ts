// What bitscape landscape is asked for, and what each kind of landscape gives back.

import type { Ranges, Recipe, StepOf, Study } from "@bitscape/engine";
import { list } from "../../flags.ts";
import { Usage } from "../../usage.ts";
import type { Job } from "../../verb.ts";

export interface Asked {
  readonly job: Job;
  readonly study: Study;
  readonly recipe: Recipe | undefined;
  readonly samples: number;
  readonly grid: number;
  /** Awaited between batches. */
  readonly between: (done: number, total: number) => Promise<void>;
}

export interface Shown {
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Its grid as rows, the first of which are names. */
  readonly csv: readonly (readonly (string | number)[])[];
  readonly done: boolean;
}

export async function rangesFor({ study, between }: Asked, wanted: boolean): Promise<Ranges | undefined> {
  return wanted ? study.ranges(between) : undefined;
}

/** What is measured until Ctrl-C; the last that was given where it came. */
export async function untilStopped<T extends { readonly done: boolean }>(
  signal: AbortSignal,
  work: (keep: (value: T) => void) => Promise<T>,
): Promise<T> {
  let last: T | undefined;
  try {
    return await work((value) => {
      last = value;
    });
  } catch (error) {
    if (signal.aborted && last) return last;
    throw error;
  }
}

/** Widths that are asked for. */
export function widths({ job }: Asked): readonly number[] {
  return (list(job.values, "bits") ?? []).map((text) => {
    const bits = Number(text);
    if (Number.isInteger(bits) && bits >= 2 && bits <= 8) return bits;
    throw new Usage(`--bits: ${text}, expected widths from 2 to 8`);
  });
}

export const nameOf = ({ layer, target }: StepOf) => `${layer}:${target}`;

export function rowsOf(values: Float64Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, i) => [
    ...values.subarray(i * columns, (i + 1) * columns),
  ]);
}
