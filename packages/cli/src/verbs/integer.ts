// Integer-only files on the command line: what is asked of an export, and what is said of a file.

import {
  type Arithmetic,
  carriedReport,
  type IntegerReport,
  integerOperators,
  integerProof,
  type Network,
  type Recipe,
  settled,
} from "@bitscape/engine";
import { type FlagName, integer, type Values } from "../flags.ts";
import { table } from "../text.ts";
import { Usage } from "../usage.ts";

export const integerFlags = [
  "integer-only",
  "multiplier-bits",
  "operators",
  "allow-float",
] as const satisfies readonly FlagName[];

/** The recipe with the arithmetic that the flags ask for; its own where they ask for none. */
export function withArithmetic(recipe: Recipe, values: Values): Recipe {
  const [first, ...others] = integerFlags;
  if (!values[first]) {
    const stray = others.find((flag) => values[flag] !== undefined);
    if (stray !== undefined && !recipe.arithmetic) {
      throw new Usage(`--${stray}: given without --integer-only, expected the two together`);
    }
    if (stray === undefined) return recipe;
  }
  const operators = values.operators as Arithmetic["operators"];
  if (operators !== undefined && !integerOperators.includes(operators)) {
    throw new Usage(`--operators: ${operators}, expected ${integerOperators.join(" or ")}`);
  }
  const multiplierBits = integer(values, "multiplier-bits", 2);
  if (multiplierBits !== undefined && multiplierBits > 31) {
    throw new Usage(`--multiplier-bits: ${multiplierBits}, expected 2 to 31`);
  }
  const arithmetic: Arithmetic = {
    ...recipe.arithmetic,
    kind: "integer",
    ...(operators && { operators }),
    ...(multiplierBits !== undefined && { multiplierBits }),
    ...(values["allow-float"] && { allowFloat: true }),
  };
  settled(arithmetic);
  return { ...recipe, arithmetic };
}

/** Lines about an integer-only export: its worst layers, and what could overflow. */
export function integerText({ operators, multiplierBits, layers, floatOperators }: IntegerReport): string[] {
  const rescaled = layers.filter(({ branches }) => branches.length > 0);
  const worst = Math.max(0.5, ...rescaled.map(({ worstLsb }) => worstLsb));
  const overflows = rescaled.filter(({ overflow }) => overflow?.int32 || overflow?.int64);
  const form = operators === "integer" ? "int64 Mul, Add and BitShift" : "QLinear operators";
  return [
    `integers from the first quantizer to the last${floatOperators.length > 0 ? `, but for ${floatOperators.length} operators` : ""}: ${form}, multipliers of ${multiplierBits} bits`,
    `worst error of a rescaled sum ${worst.toFixed(3)} steps; ${overflows.length === 0 ? "no int32 sum can overflow" : `sums that some input could overflow: ${overflows.map(({ id }) => id).join(", ")}`}`,
  ];
}

/** A table of a file's layers. */
export function integerTable({ layers }: IntegerReport): string {
  const rows = layers
    .filter(({ branches }) => branches.length > 0)
    .map(({ id, op, channels, branches, worstLsb, overflow }) => [
      id,
      op,
      channels,
      branches.map(({ multiplier, shift }) => `${multiplier}/2^${shift}`).join(" "),
      Math.max(...branches.map(({ relativeError }) => relativeError)).toExponential(2),
      worstLsb.toFixed(4),
      overflow ? overflow.accumulatorBits : "",
    ]);
  const head = [
    "layer",
    "op",
    "channels",
    "b/2^c (worst channel)",
    "relative error",
    "worst LSB",
    "sum bits",
  ];
  return table(head, rows);
}

/** What a file's graph proves of itself, and the record that it carries. */
export function integerFacts({ original, pins }: Network): {
  json: Record<string, unknown>;
  lines: readonly string[];
} {
  const { integerOnly, quantizers, dequantizers, floatOperators, operators } = integerProof(original, pins);
  if (quantizers === 0) return { json: { integerOnly: false, floatBetween: [], integer: null }, lines: [] };
  const integer = carriedReport(original) ?? null;
  const count = Object.values(operators).reduce((a, b) => a + b, 0);
  const [first] = floatOperators;
  const sentence = integerOnly
    ? `integer-only: ${count} operators between the first of ${quantizers} QuantizeLinear and the last of ${dequantizers} DequantizeLinear, none of them float`
    : `not integer-only: ${floatOperators.length} float operators between quantizers${first ? `, the first ${first.op} ${first.id}` : ""}`;
  return {
    json: { integerOnly, floatBetween: floatOperators, operatorsBetween: operators, integer },
    lines: [sentence, ...(integer ? ["", integerTable(integer)] : [])],
  };
}
