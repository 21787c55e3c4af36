// The values that an encoded tensor can take: what a chart draws over its histogram.

import { decode, type Encoded } from "@bitscape/quant";
import { float8Values } from "../plan/float8.ts";

export interface Grid {
  /** Values of one group, table or block, ascending; empty where they are too many to tell apart. */
  readonly values: Float64Array;
  /** Over all groups. */
  readonly low: number;
  readonly high: number;
}

// As many as a chart could draw.
const MOST = 1024;

type GridOf<K> = (encoded: Extract<Encoded, { kind: K }>, group: number) => Grid;

const grids: { readonly [K in Encoded["kind"]]: GridOf<K> } = {
  affine: ({ format: { qmin, qmax }, scale, zeroPoint }, group) => {
    const at = (code: number) => Float64Array.from(scale, (s, g) => (code - (zeroPoint[g] as number)) * s);
    const values = integerGrid(qmin, qmax, scale[group] as number, zeroPoint[group] as number);
    return { values, low: least(at(qmin)), high: most(at(qmax)) };
  },
  nested: ({ full, scale }, group) => {
    const half = 2 ** (full - 1);
    return scaledGrid(
      Float64Array.from({ length: 2 * half }, (_, i) => i - half),
      scale,
      group,
    );
  },
  float8: ({ format, scale }, group) => scaledGrid(finiteValues(format.name), scale, group),
  levels: ({ levels, size, scale }, group) => {
    if (scale) return scaledGrid(Float64Array.from(levels), scale, group);
    const own = levels.subarray(group * size, (group + 1) * size);
    return { values: ascending(own), low: least(levels), high: most(levels) };
  },
  product: ({ centroids }) => ({
    values: drawn(ascending(centroids)),
    low: least(centroids),
    high: most(centroids),
  }),
  // Too fine to tell its values apart.
  half: (encoded) => {
    const values = decode(encoded);
    return { values: new Float64Array(), low: least(values), high: most(values) };
  },
};

/** The values of an encoded tensor's codes; `values` are those of one of its groups. */
export function gridOf(encoded: Encoded, group = 0): Grid {
  return (grids[encoded.kind] as (encoded: Encoded, group: number) => Grid)(encoded, group);
}

/** The numbers of a float8 format. */
export function finiteValues(format: string): Float64Array {
  return Float64Array.from(float8Values(format)).filter(Number.isFinite);
}

/** Codes of an integer grid as values. */
export function integerGrid(qmin: number, qmax: number, scale: number, zeroPoint: number): Float64Array {
  if (qmax - qmin >= MOST) return new Float64Array();
  return Float64Array.from({ length: qmax - qmin + 1 }, (_, i) => (qmin + i - zeroPoint) * scale);
}

/** The outermost values of an integer grid, and so many steps beyond. */
export function integerEnds(
  { qmin, qmax }: { readonly qmin: number; readonly qmax: number },
  scale: number,
  zeroPoint: number,
  beyond = 0,
): { low: number; high: number } {
  return { low: (qmin - zeroPoint - beyond) * scale, high: (qmax - zeroPoint + beyond) * scale };
}

/** A grid of values times a scale a group; `values` are those of one group. */
export function scaledGrid(unit: Float64Array, scale: Float32Array, group = 0): Grid {
  const sorted = ascending(unit);
  const ends = (level: number) => Float64Array.from(scale, (s) => s * level);
  return {
    values: drawn(sorted.map((level) => level * (scale[group] as number))),
    low: least(ends(sorted[0] as number)),
    high: most(ends(sorted.at(-1) as number)),
  };
}

function drawn(values: Float64Array): Float64Array {
  return values.length > MOST ? new Float64Array() : values;
}

/** Distinct values, ascending; −0 is 0. */
function ascending(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(new Set(Array.from(values, (x) => x + 0))).sort();
}

function least(values: Float32Array | Float64Array): number {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) found = Math.min(found, value);
  return found;
}

function most(values: Float32Array | Float64Array): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const value of values) found = Math.max(found, value);
  return found;
}
