// Names of formats with numbers in brackets: taking them apart, and refusing what does not fit.

import type { Param } from "./row.ts";

/**
 * The numbers in the brackets of `head(a,b)`, one a parameter; undefined where the name has another head or another
 * number of them. Throws one sentence for a number out of its range.
 */
export function argsOf(name: string, head: string, params: readonly Param[]): number[] | undefined {
  if (!name.startsWith(`${head}(`) || !name.endsWith(")")) return undefined;
  const parts = name.slice(head.length + 1, -1).split(",");
  if (parts.length !== params.length) return undefined;
  return params.map(({ name: param, least, most }, i) => {
    const part = parts[i] as string;
    const value = /^\d+$/.test(part) ? Number(part) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new Error(`format ${name}: ${param} ${part}, expected an integer from ${least} to ${most}`);
  });
}
