// The table of storages: which way of storing serves which family of formats.

import type { FormatFacts } from "@bitscape/quant";
import { affine } from "./affine.ts";
import { float8 } from "./float8.ts";
import { half } from "./half.ts";
import { levels } from "./levels.ts";
import { nested } from "./nested.ts";
import { product } from "./product.ts";
import { binary, ternary } from "./spaced.ts";
import type { Storage } from "./storage.ts";

const table: Readonly<Record<string, Storage>> = {
  int: affine,
  float8,
  fp: levels,
  nf: levels,
  codebook: levels,
  log: levels,
  binary,
  ternary,
  product,
  nested,
  half,
};

/** How weights of a format are stored. Throws for a family that has no row. */
export function storageOf({ family, name }: FormatFacts): Storage {
  const found = table[family];
  if (!found)
    throw new Error(`format ${name}: family ${family}, expected one of ${Object.keys(table).join(", ")}`);
  return found;
}
