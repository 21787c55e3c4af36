// The row that every family of formats has in the table (table.ts), and what it is given to quantize. Types only.

import type { Encoded } from "../encoded.ts";
import type { Grouping } from "../grouping.ts";
import type { Ranges } from "../qparams.ts";
import type { Scheme } from "../scheme.ts";
import type { Family, Format, FormatFacts } from "./facts.ts";

export interface QuantizeOptions {
  /** How the file stores scales; Math.fround unless told. */
  readonly roundScale?: (scale: number) => number;
  /** What the base of the range rule chooses for each group, where that is known: integers then do not search again. */
  readonly known?: Ranges;
  /** Lower bound of each group's scale: keeps int32 biases from overflowing. */
  readonly leastScale?: Float64Array;
  /** Elements of one kernel (contiguous), for compensated rounding; without it rounding is to nearest. */
  readonly kernel?: number;
  /** Which axes of the shape are the operator's outputs and inputs; product formats block the inputs of each output. */
  readonly axes?: { readonly outputs: number; readonly inputs: number };
  /** Importance of each element, ≥ 0, for codebook and product: their means are weighted by it. */
  readonly weights?: Float32Array;
  /** Seeds the choice of first centroids; 0 unless told. */
  readonly seed?: number;
}

/** One tensor to quantize. */
export interface Job {
  /** Row-major values of `shape`, finite. */
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly facts: FormatFacts;
  readonly scheme: Omit<Scheme, "granularity">;
  readonly grouping: Grouping;
  readonly options: QuantizeOptions;
}

/** A number in the brackets of a name, with what it counts. */
export interface Param {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly help: string;
}

export interface FormatRow {
  readonly family: Family;
  /** How its names are written. */
  readonly pattern: string;
  readonly params: readonly Param[];
  /** One line for people. */
  readonly help: string;
  readonly source: string;
  /** Ways of sharing scales (or tables) among elements that it has; ["tensor"] where it has nothing to share. */
  readonly granularities: readonly Grouping["kind"][];
  /** Fields of a scheme that make a difference to it, besides format and granularity. */
  readonly heeds: readonly ("symmetric" | "range" | "rounding" | "centroids")[];
  /** Names for menus and table-driven tests. */
  readonly examples: readonly Format[];
  /** Facts of a name without spaces; undefined where it is none of this family. Throws one sentence for bad numbers. */
  readonly parse: (name: string) => FormatFacts | undefined;
  readonly quantize: (job: Job) => Encoded;
}
