// Symbolic dimensions of a model's inputs: which there are, a guess for each, and their values under pins.

import { type Dim, type Model, trueInputs } from "../graph.ts";
import { evaluate } from "./expression.ts";
import { guessOf } from "./guess.ts";

/** Numbers by dimension name, or by `input:axis` for a dimension without one. */
export type Pins = ReadonlyMap<string, number> | Readonly<Record<string, number>>;

export interface SymbolicDim {
  /** What to pin it by: its name, or `input:axis`. */
  readonly name: string;
  /** Where it occurs first. */
  readonly input: string;
  readonly axis: number;
  readonly guess: number;
}

export function pinOf(pins: Pins, name: string): number | undefined {
  if (pins instanceof Map) return pins.get(name);
  return Object.hasOwn(pins, name) ? (pins as Readonly<Record<string, number>>)[name] : undefined;
}

/** The free dimensions of a model's inputs, each once, in order. Those computed from others are not listed. */
export function symbolicDims(model: Model): SymbolicDim[] {
  const found = new Map<string, SymbolicDim>();
  for (const input of trueInputs(model.graph)) {
    input.shape?.forEach((size, axis) => {
      if (typeof size === "number" && size >= 0) return;
      const name = typeof size === "string" ? size : `${input.name}:${axis}`;
      if (found.has(name)) return;
      found.set(name, { name, input: input.name, axis, guess: guessOf(model.graph, input, axis) });
    });
  }
  const other = (name: string) => (self: string) => (self === name ? undefined : found.get(self)?.guess);
  return [...found.values()].filter(({ name }) => evaluate(name, other(name)) === undefined);
}

/** Looks a dimension name up: pinned, guessed, or computed from others that are. */
export function resolver(model: Model, pins: Pins): (name: string) => number | undefined {
  const guesses = new Map(symbolicDims(model).map(({ name, guess }) => [name, guess]));
  const plain = (name: string) => pinOf(pins, name) ?? guesses.get(name);
  return (name) => plain(name) ?? evaluate(name, plain);
}

/** A dimension as a number; undefined for an unknown one (some exporters write -1). */
export function resolve(size: Dim, lookup: (name: string) => number | undefined): number | undefined {
  if (typeof size === "string") return lookup(size);
  return size !== null && size >= 0 ? size : undefined;
}
