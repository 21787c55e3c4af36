// Plain facts about a format's name. Types only; which names there are is table.ts.

/** A format's canonical name, as recipes write it: `int8`, `fp(4,3)`, `codebook(16)`. */
export type Format = string;

export type Family =
  | "int"
  | "float8"
  | "fp"
  | "nf"
  | "binary"
  | "ternary"
  | "codebook"
  | "product"
  | "log"
  | "nested"
  | "half";

/** How a tensor in it is held: the kinds of encoded.ts. */
export type Kind = "affine" | "levels" | "float8" | "product" | "nested" | "half";

/** What a name stands for. */
export interface FormatFacts {
  readonly name: Format;
  readonly family: Family;
  /** The numbers in the name's brackets; [] where it has none, and [e, m] of fp4. */
  readonly args: readonly number[];
  /** Bits of codes a weight: 1.6 of ternary (five to a byte), ceil(log2 k) / d of product(k,d), else an integer. */
  readonly bits: number;
  readonly kind: Kind;
}

export interface IntegerFacts extends FormatFacts {
  readonly family: "int";
  readonly kind: "affine";
  readonly signed: boolean;
  /** Lowest and highest code: [-2^(b-1), 2^(b-1)-1] or [0, 2^b-1]. */
  readonly qmin: number;
  readonly qmax: number;
}
