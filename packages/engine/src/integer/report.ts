// The inspector's record: each layer's multipliers and shifts, what they are off, and what could overflow. Plain data
// that a file carries and a screen or --json shows.

import type { Overflow } from "@bitscape/methods";

/** b / 2^c of one operand of a layer: of its worst channel, where it has one a channel. */
export interface DyadicBranch {
  /** b and c. */
  readonly multiplier: number;
  readonly shift: number;
  /** s_x · s_w / s_y. */
  readonly exact: number;
  /** |b / 2^c − exact| ÷ exact. */
  readonly relativeError: number;
}

export interface IntegerLayer {
  /** Id of the network's node. */
  readonly id: string;
  readonly op: string;
  /** "rescale": sums times b / 2^c. "add": each branch times its own. "table": 256 integers, a function of one code. */
  readonly form: "rescale" | "add" | "table" | "dequantize";
  /** Multipliers: one, or one a channel; 0 of a table. */
  readonly channels: number;
  /** Bits of the widest multiplier. */
  readonly multiplierBits: number;
  readonly branches: readonly DyadicBranch[];
  /** The most that an output can be off its sum times the exact factor, in steps of the output: ½ of rounding and more. */
  readonly worstLsb: number;
  /** Worst case over all inputs. */
  readonly overflow: Overflow | null;
}

export interface IntegerReport {
  readonly operators: "integer" | "qlinear";
  readonly multiplierBits: number;
  readonly layers: readonly IntegerLayer[];
  /** What was calibrated, in the recipe's own codes: what the file promises can be simulated from it. */
  readonly points: readonly {
    readonly tensor: string;
    readonly scale: number;
    readonly zeroPoint: number;
  }[];
  /** Ids and operators that stay float between two quantized tensors; empty unless that was allowed. */
  readonly floatOperators: readonly { readonly id: string; readonly op: string }[];
}
