// The rules of all operators that have one. What is not here is refused by name: control flow (If, Loop, Scan),
// recurrent layers (RNN, LSTM, GRU), operators on integers, and rare ones.

import type { OpType } from "@bitscape/graph";
import type { GradRule } from "../site.ts";
import { arithmetic } from "./arithmetic.ts";
import { attentions } from "./attention.ts";
import { convolutions } from "./convolution.ts";
import { einsums } from "./einsum.ts";
import { elementwise } from "./elementwise.ts";
import { flat } from "./flat.ts";
import { layouts } from "./layout.ts";
import { products } from "./matmul.ts";
import { normalizations } from "./normalization.ts";
import { pools } from "./pool.ts";
import { reductions } from "./reduce.ts";
import { selections } from "./select.ts";

/** Steps and what does not look at elements. Those that give integers or truth values are never asked. */
const steps = {
  Ceil: flat,
  Floor: flat,
  Hardmax: flat,
  RandomNormalLike: flat,
  RandomUniformLike: flat,
  Round: flat,
  Sign: flat,
} satisfies Partial<Record<OpType, GradRule>>;

export const gradRules: Readonly<Partial<Record<OpType, GradRule>>> = {
  ...arithmetic,
  ...attentions,
  ...convolutions,
  ...einsums,
  ...elementwise,
  ...layouts,
  ...normalizations,
  ...pools,
  ...products,
  ...reductions,
  ...selections,
  ...steps,
};
