// What a value of the network is while its graph becomes integers: codes, a sum of products of codes, or a function of
// codes that is not laid down yet. Plain data; sums.ts and lowering.ts lay nodes.

import type { DyadicBranch } from "./report.ts";

/** Where codes lie on the real line, and which of them occur. Codes are uint8, signed ones 128 higher than their own. */
export interface Grid {
  readonly scale: number;
  readonly zeroPoint: number;
  /** Lowest and highest code that may occur. */
  readonly low: number;
  readonly high: number;
}

/** A uint8 tensor: value = (code − zero point) · scale. */
export interface Codes extends Grid {
  readonly kind: "codes";
  readonly name: string;
}

/** What sums are rescaled to, under which name. */
export interface Target extends Grid {
  readonly name: string;
}

/** value = (products + bias) · scale. */
export interface SumParts {
  /** Lays the int32 tensor of products, bias not included, and gives its name. */
  readonly products: () => string;
  /** Real size of one step: one, or one a channel. */
  readonly scale: Float64Array;
  /** In steps; as many as scales. */
  readonly bias: Int32Array | undefined;
  /** Largest |products| that codes can make; as many as scales. */
  readonly most: Float64Array;
  /** Shape in which one value a channel meets the tensor: [C, 1, 1]; [] for one scale. */
  readonly shape: readonly number[];
  /** Axis of the channels in the tensor. */
  readonly axis: number;
  /** Lays other operators that give the target's codes by themselves (but for its bounds), where there are such. */
  readonly fused?: ((target: Target) => string | undefined) | undefined;
  /** Operands that are rescaled by themselves, before they are added. */
  readonly direct?: Direct | undefined;
}

export interface Direct {
  /** Lays codes of the target (its bounds kept) and gives their name. */
  readonly lay: (target: Target) => string;
  /** `off`: the most that an operand adds to the error, in steps of the output. */
  readonly branches: (target: Target) => readonly (DyadicBranch & { readonly off: number })[];
}

export interface Sum extends SumParts {
  readonly kind: "sum";
  /** Id and operator of the node that makes it. */
  readonly id: string;
  readonly op: string;
  /** The activation functions behind it: real bounds. */
  readonly least: number;
  readonly greatest: number;
}

/** A function of one tensor of codes. */
export interface Mapped {
  readonly kind: "mapped";
  readonly id: string;
  readonly op: string;
  readonly source: Codes;
  readonly of: (value: number) => number;
}

export type Value = Codes | Sum | Mapped;

/** A sum without bounds. */
export function sumOf(node: { readonly id: string; readonly op: string }, parts: SumParts): Sum {
  return {
    kind: "sum",
    id: node.id,
    op: node.op,
    least: Number.NEGATIVE_INFINITY,
    greatest: Number.POSITIVE_INFINITY,
    ...parts,
  };
}

/** Largest |code − zero point|. */
export function mostOf({ low, high, zeroPoint }: Grid): number {
  return Math.max(high - zeroPoint, zeroPoint - low, 0);
}

export function sameGrid(a: Grid, b: Grid): boolean {
  return a.scale === b.scale && a.zeroPoint === b.zeroPoint;
}
