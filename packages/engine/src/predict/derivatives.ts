// Derivatives: what is known of the loss along each cell's quantization error, sample by sample. More samples extend it; it knows
// neither sessions nor estimators.

import type { CellKey } from "../cells/sensitivity.ts";
import type { Form } from "./formulation.ts";
import type { Slot } from "./seed.ts";
import type { Terms } from "./terms.ts";

/** A cell and its directional derivatives, one for each slot asked for, in that order; NaN where none is known. */
export interface Derived {
  readonly key: CellKey;
  readonly derivatives: Float64Array;
}

export class Derivatives {
  /** By the name of a cell and its scheme, the derivative of each slot. */
  readonly #known = new Map<string, Map<number, number>>();

  has(name: string, slot: Slot): boolean {
    return this.#known.get(name)?.has(numberOf(slot)) === true;
  }

  derived(key: CellKey, name: string, slots: readonly Slot[]): Derived {
    const known = this.#known.get(name);
    return { key, derivatives: Float64Array.from(slots, (slot) => known?.get(numberOf(slot)) ?? Number.NaN) };
  }

  /** Adds up a cell's terms: `values` has, by term, each column's derivative of each slot. */
  keep(
    name: string,
    slots: readonly Slot[],
    shares: Terms["cells"][number]["shares"],
    values: ReadonlyMap<string, readonly Float64Array[]>,
    form: Form,
  ): void {
    const known = this.#known.get(name) ?? new Map<number, number>();
    this.#known.set(name, known);
    for (const [i, slot] of slots.entries()) {
      const sum = shares.reduce(
        (total, { term, column }) => total + (values.get(term)?.[column]?.[i] ?? 0),
        0,
      );
      // Parts of a diagonal are squares already, and add up as such.
      known.set(numberOf(slot), form === "diagonal" ? Math.sqrt(Math.max(0, sum)) : sum);
    }
  }
}

/** More draws of one sample than anybody asks for. */
const MOST_DRAWS = 1024;

const numberOf = ({ index, draw }: Slot) => index * MOST_DRAWS + draw;
