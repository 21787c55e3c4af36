// The table of rules: operators that have a form in integers.

import { arithmetic } from "./arithmetic.ts";
import { bounds } from "./bounds.ts";
import { moves } from "./moves.ts";
import { pools } from "./pools.ts";
import { products } from "./products.ts";
import type { Rule } from "./rule.ts";

export const rules: Readonly<Record<string, Rule>> = {
  ...products,
  ...arithmetic,
  ...bounds,
  ...pools,
  ...moves,
};
