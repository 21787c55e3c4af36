// The plan of remedies: every other treatment of a tensor near its present scheme. Pure: what each gains is measured
// (race.ts).

import { formatFacts, formatRows, integerBits, ratioOf } from "@bitscape/quant";
import { activationFacts } from "../plan/activation.ts";
import type { RecipeScheme, Target } from "../recipe.ts";
import type { Remedy, RemedyKind } from "./calls.ts";

type Change = readonly [kind: RemedyKind, title: string, fields: Partial<RecipeScheme>];

/**
 * The remedies for a tensor at its present scheme; no two of them, and none and the present one, are the same.
 * @param inputs of a weight's channels: where there are fewer than two blocks of them, a block is a channel (plan.ts)
 */
export function candidatesOf(
  target: Target,
  scheme: RecipeScheme,
  inputs = Number.POSITIVE_INFINITY,
): Remedy[] {
  const changes = [
    ...(target === "weight" ? [...granularities(scheme, inputs), ...roundings(scheme)] : []),
    ...zeroPoints(scheme),
    ...ranges(target, scheme),
    ...(target === "weight" ? together(scheme, inputs) : []),
    ...formats(target, scheme),
    ...wider(scheme),
  ];
  const seen = new Set([written(scheme)]);
  const found: Remedy[] = [];
  for (const [kind, title, fields] of changes) {
    const treated = fitting({ ...scheme, ...fields });
    const id = written(treated);
    if (seen.has(id)) continue;
    seen.add(id);
    found.push({ id, kind, title, scheme: treated });
  }
  return [...found, { id: "float", kind: "float", title: "Leave it in float", scheme: "float" }];
}

/** SAWB's coefficients are for four symmetric bits: any other format has least squares in its place. */
function fitting(scheme: RecipeScheme): RecipeScheme {
  const { base, ratio } = ratioOf(scheme.range);
  if (base !== "sawb" || (scheme.symmetric && /^u?int4$/.test(scheme.format))) return scheme;
  return { ...scheme, range: ratio === 1 ? "mse" : { ratio, of: "mse" } };
}

/** Equal for schemes that give the same values. */
function written({ memory: _, ...scheme }: RecipeScheme): string {
  const fields = Object.entries({ rounding: "nearest", ...scheme });
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const rowOf = ({ format }: RecipeScheme) => {
  const { family } = formatFacts(format);
  return formatRows.find((row) => row.family === family);
};

const heeds = (scheme: RecipeScheme, field: "symmetric" | "range" | "rounding") =>
  rowOf(scheme)?.heeds.includes(field) === true;

const isInteger = ({ format }: RecipeScheme) => formatFacts(format).family === "int";

/** Blocks are of 32 and of 16 inputs: smaller ones cost more in scales than a bit does. */
function granularities(scheme: RecipeScheme, inputs: number): Change[] {
  const kinds = rowOf(scheme)?.granularities ?? [];
  const { granularity } = scheme;
  const block = typeof granularity === "object" ? granularity.block : Number.POSITIVE_INFINITY;
  const found: Change[] = [];
  if (granularity === "tensor" && kinds.includes("channel")) {
    found.push(["granularity", "A scale a channel", { granularity: "channel" }]);
  }
  if (!kinds.includes("block")) return found;
  for (const size of [32, 16]) {
    if (size < block && inputs >= 2 * size)
      found.push(["granularity", `A scale every ${size} inputs`, { granularity: { block: size } }]);
  }
  return found;
}

const roundings = (scheme: RecipeScheme): Change[] =>
  heeds(scheme, "rounding")
    ? [
        scheme.rounding === "squant"
          ? ["rounding", "Round to nearest", { rounding: "nearest" }]
          : ["rounding", "Round so that sums are kept (SQuant)", { rounding: "squant" }],
      ]
    : [];

/** One symmetric bit is another format. */
const zeroPoints = (scheme: RecipeScheme): Change[] =>
  heeds(scheme, "symmetric") && formatFacts(scheme.format).bits > 1
    ? [
        scheme.symmetric
          ? ["zero-point", "Asymmetric: a zero point that fits", { symmetric: false }]
          : ["zero-point", "Symmetric: no zero point", { symmetric: true }],
      ]
    : [];

function ranges(target: Target, scheme: RecipeScheme): Change[] {
  if (!heeds(scheme, "range")) return [];
  const { base, ratio } = ratioOf(scheme.range);
  const times = (factor: number): Partial<RecipeScheme> => {
    const product = Number((ratio * factor).toPrecision(4));
    return { range: base === "minmax" ? { ratio: product } : { ratio: product, of: base } };
  };
  const sawb = target === "weight" && scheme.symmetric && /^u?int4$/.test(scheme.format);
  const percentiles = target === "weight" ? [99.9, 99] : [99.999, 99.99, 99.9];
  return [
    ["range", "Range: min–max, nothing clipped", { range: "minmax" }],
    ["range", "Range: least squared error", { range: "mse" }],
    ["range", "Range: least L3 error", { range: { lp: 3 } }],
    ...percentiles.map(
      (percentile): Change => ["range", `Range: percentile ${percentile}`, { range: { percentile } }],
    ),
    ...(sawb ? [["range", "Range: SAWB", { range: "sawb" }] as Change] : []),
    ["range", "Range: clips 10 % tighter", times(0.9)],
    ["range", "Range: clips 10 % wider", times(1.1)],
  ];
}

/** What the literature would do all at once: least squares, sums kept, and finer scales. */
function together(scheme: RecipeScheme, inputs: number): Change[] {
  if (!isInteger(scheme) || formatFacts(scheme.format).bits < 2) return [];
  const both = { range: "mse", rounding: "squant" } as const;
  const found: Change[] = [["together", "Least squares and sums kept", both]];
  if (inputs < 64) return found;
  return [
    ...found,
    ["together", "Every 32 inputs, least squares, sums kept", { granularity: { block: 32 }, ...both }],
  ];
}

/** Formats of so many bits, beside integers. */
const alternatives: Readonly<Record<number, readonly (readonly [format: string, title: string])[]>> = {
  2: [
    ["ternary", "Ternary"],
    ["codebook(4)", "Codebook of 4"],
  ],
  3: [["codebook(8)", "Codebook of 8"]],
  4: [
    ["nf4", "NF4"],
    ["fp4", "FP4"],
    ["codebook(16)", "Codebook of 16"],
  ],
  6: [["fp(6)", "6-bit floating point"]],
  8: [["float8e4m3", "float8 E4M3"]],
};

function formats(target: Target, scheme: RecipeScheme): Change[] {
  const { bits, name } = formatFacts(scheme.format);
  const integer = { format: `${scheme.format.startsWith("uint") ? "uint" : "int"}${bits}` };
  const back: Change[] =
    !isInteger(scheme) && (integerBits as readonly number[]).includes(bits) && bits > 1
      ? [["format", `${bits}-bit integers`, integer]]
      : [];
  const others = (alternatives[bits] ?? []).filter(
    ([format]) => formatFacts(format).name !== name && (target === "weight" || canBeActivation(format)),
  );
  return [...back, ...others.map(([format, title]): Change => ["format", title, { format }])];
}

function canBeActivation(format: string): boolean {
  try {
    activationFacts(format);
    return true;
  } catch {
    return false;
  }
}

/** The next width of integers. */
function wider(scheme: RecipeScheme): Change[] {
  const { bits } = formatFacts(scheme.format);
  const next = integerBits.find((width) => width > bits);
  if (next === undefined) return [];
  const head = scheme.format.startsWith("uint") ? "uint" : "int";
  return [["bits", `${next} bits`, { format: `${head}${next}` }]];
}
