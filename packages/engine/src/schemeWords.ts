// A scheme in words, as reports and files for other tools have it: "int4, blocks of 32, symmetric, mse".

import type { Scheme } from "@bitscape/quant";

export function schemeWords({ format, granularity, symmetric, range, rounding }: Scheme): string {
  const grouping =
    typeof granularity === "object" ? `blocks of ${granularity.block}` : `a scale a ${granularity}`;
  const rule =
    typeof range === "string"
      ? range
      : Object.entries(range)
          .map(([key, value]) => `${key} ${typeof value === "object" ? JSON.stringify(value) : value}`)
          .join(" ");
  return [format, grouping, symmetric ? "symmetric" : "asymmetric", rule, rounding === "squant" && "SQuant"]
    .filter(Boolean)
    .join(", ");
}
