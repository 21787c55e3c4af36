// How many bytes a weight takes in each format: codes at their own width, scales, zero points, and the tables that are
// fitted to it. Not what a file adds to read them (nodes, and tables that all weights of a format share).

import { sizeOf } from "@bitscape/tensor";
import type { Family, Format, FormatFacts } from "./formats/facts.ts";
import { formatFacts } from "./formats/table.ts";
import { type Grouping, groupsOf } from "./grouping.ts";
import { widthOf } from "./levels.ts";
import type { Scheme } from "./scheme.ts";

interface Stored {
  readonly facts: FormatFacts;
  readonly shape: readonly number[];
  readonly grouping: Grouping;
  readonly scaleBytes: number;
  readonly symmetric: boolean;
  readonly centroids: "float32" | "int8";
}

const packed = (count: number, bits: number) => Math.ceil((count * bits) / 8);

/** Codes packed without padding, and a scale a group. */
function grouped(stored: Stored, codes: number): number {
  return codes + groupsOf(stored.shape, stored.grouping).count * stored.scaleBytes;
}

const plain = (stored: Stored) => grouped(stored, packed(sizeOf(stored.shape), stored.facts.bits));

/** Widths that ONNX has integer types of; zero points of the others are bytes. */
const typed = [2, 4, 8, 16];

function integers(stored: Stored): number {
  if (stored.symmetric) return plain(stored);
  const { bits } = stored.facts;
  const groups = groupsOf(stored.shape, stored.grouping).count;
  return plain(stored) + packed(groups, typed.includes(bits) ? bits : 8);
}

/** A split that was chosen for the weight has a table of its own. */
function floats(stored: Stored): number {
  const { args, bits } = stored.facts;
  return plain(stored) + (args.length === 1 ? 4 * 2 ** bits : 0);
}

function codebooks({ facts, shape, grouping }: Stored): number {
  const [k] = facts.args as [number];
  const tables = grouping.kind === "channel" ? groupsOf(shape, grouping).count : 1;
  return packed(sizeOf(shape), facts.bits) + tables * k * 4;
}

function products({ facts, shape, scaleBytes, centroids }: Stored): number {
  const [k, d] = facts.args as [number, number];
  const table = centroids === "int8" ? k * d + scaleBytes : k * d * 4;
  return packed(sizeOf(shape) / d, widthOf(k)) + table;
}

const bytesOfFamily: Readonly<Record<Family, (stored: Stored) => number>> = {
  int: integers,
  float8: plain,
  fp: floats,
  nf: plain,
  log: plain,
  binary: plain,
  // Five to a byte.
  ternary: (stored) => grouped(stored, Math.ceil(sizeOf(stored.shape) / 5)),
  codebook: codebooks,
  product: products,
  // The high and the low bits of codes lie apart.
  nested: (stored) => {
    const [base, full] = stored.facts.args as [number, number];
    const count = sizeOf(stored.shape);
    return grouped(stored, packed(count, base) + packed(count, full - base));
  },
  half: ({ shape }) => sizeOf(shape) * 2,
};

/**
 * Exact bytes of an encoded weight, without encoding it.
 * @param scaleBytes 4, or 2 where scales are float16
 * @param how integers without a zero point at the middle store one a group; centroids of product are float32 or int8
 * @throws one sentence for a format that has no such name
 */
export function encodedBytes(
  format: Format,
  shape: readonly number[],
  grouping: Grouping,
  scaleBytes = 4,
  { symmetric = true, centroids = "float32" }: Partial<Pick<Scheme, "symmetric" | "centroids">> = {},
): number {
  const facts = formatFacts(format);
  return bytesOfFamily[facts.family]({ facts, shape, grouping, scaleBytes, symmetric, centroids });
}
