// The table of formats: a row a family, and what any format's name stands for.

import { binary } from "./binary.ts";
import { codebook } from "./codebook.ts";
import type { Format, FormatFacts, IntegerFacts } from "./facts.ts";
import { float8 } from "./float8.ts";
import { fp } from "./fp.ts";
import { half } from "./half.ts";
import { integers } from "./integer.ts";
import { log } from "./log.ts";
import { nested } from "./nested.ts";
import { nf } from "./nf.ts";
import { product } from "./product.ts";
import type { FormatRow } from "./row.ts";
import { ternary } from "./ternary.ts";

/** Every family of formats. A new one is a file beside this and a row here. */
export const formatRows: readonly FormatRow[] = [
  integers,
  float8,
  fp,
  nf,
  binary,
  ternary,
  codebook,
  product,
  log,
  nested,
  half,
];

const known = new Map<Format, { readonly facts: FormatFacts; readonly row: FormatRow }>();

/** A format's facts and its family's row. Throws as {@link formatFacts}. */
export function lookUp(format: Format): { readonly facts: FormatFacts; readonly row: FormatRow } {
  const found = known.get(format);
  if (found) return found;
  const name = format.replaceAll(" ", "");
  for (const row of formatRows) {
    const facts = row.parse(name);
    if (!facts) continue;
    const entry = { facts, row };
    known.set(format, entry);
    return entry;
  }
  throw new Error(`format: "${format}", expected one of ${formatRows.map((row) => row.pattern).join(", ")}`);
}

/**
 * What a format's name stands for; spaces are ignored.
 * @throws one sentence that lists the families for a name that is none, or says which number in its brackets does not fit
 */
export function formatFacts(format: Format): FormatFacts {
  return lookUp(format).facts;
}

/** What an integer format's name stands for. Throws for any other format. */
export function integerFacts(format: Format): IntegerFacts {
  const facts = formatFacts(format);
  if (facts.family !== "int") throw new Error(`format: "${format}", expected ${integers.pattern}`);
  return facts as IntegerFacts;
}

/** What a scheme stores: what its format stands for, and "binary" for one symmetric bit. */
export function storedFacts({
  format,
  symmetric,
}: {
  readonly format: Format;
  readonly symmetric: boolean;
}): FormatFacts {
  const facts = formatFacts(format);
  return facts.family === "int" && facts.bits === 1 && symmetric ? formatFacts("binary") : facts;
}
