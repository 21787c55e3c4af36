// Ladders: the values that each element of an encoded tensor could have instead, in order, under the scales and tables that it has.
// For whoever rounds otherwise than to the nearest; not who decides how. Neighbours are true ones on the grid, as a step up of a
// small float may cross a binade (catalogue of methods §3).

import type { Encoded } from "./encoded.ts";
import { eachRun, type Groups, groupsOf } from "./grouping.ts";
import { type NearestTable, nearestTable, rankOf } from "./nearest.ts";
import { decode } from "./quantize.ts";
import { clamp, roundHalfEven } from "./round.ts";

export interface Ladder {
  /** The code of element i whose value is nearest to x. */
  readonly nearest: (i: number, x: number) => number;
  /** The value of a code of element i, as decoding gives it. */
  readonly value: (i: number, code: number) => number;
  /** The code of the next value up (1) or down (−1); the same code at the end. */
  readonly step: (i: number, code: number, direction: 1 | -1) => number;
  /** The tensor with other codes, one an element. */
  readonly encoded: (codes: ArrayLike<number>) => Encoded;
}

const ladders: {
  readonly [K in Encoded["kind"]]?: (encoded: Extract<Encoded, { kind: K }>) => Ladder;
} = {
  affine: (encoded) => even(encoded, encoded.zeroPoint, encoded.format.qmin, encoded.format.qmax),
  nested: (encoded) => {
    const half = 2 ** (encoded.full - 1);
    return even(encoded, new Int32Array(encoded.groups.count), -half, half - 1);
  },
  float8: (encoded) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const groups = groupsOf([256], { kind: "tensor" });
    const levels = decode({ ...encoded, codes: bytes, shape: [256], groups, scale: Float32Array.of(1) });
    return uneven(encoded, {
      ...encoded,
      levels,
      size: 256,
      tables: groupsOf(encoded.shape, { kind: "tensor" }),
    });
  },
  levels: (encoded) => uneven(encoded, encoded),
};

/** The ladder of a tensor whose elements are coded one by one; undefined where they are not, or have no grid. */
export function ladderOf(encoded: Encoded): Ladder | undefined {
  return (ladders[encoded.kind] as ((encoded: Encoded) => Ladder) | undefined)?.(encoded);
}

/** Even steps: integers with a scale and a zero point a group. */
function even(
  encoded: Extract<Encoded, { kind: "affine" | "nested" }>,
  zeroPoint: Int32Array,
  qmin: number,
  qmax: number,
): Ladder {
  const { scale, codes } = encoded;
  const group = groupOf(encoded.groups, codes.length);
  return {
    nearest: (i, x) => {
      const g = group[i] as number;
      const zero = zeroPoint[g] as number;
      return clamp(roundHalfEven(x / (scale[g] as number)), qmin - zero, qmax - zero) + zero;
    },
    value: (i, code) => {
      const g = group[i] as number;
      return Math.fround((code - (zeroPoint[g] as number)) * (scale[g] as number));
    },
    step: (_, code, direction) => clamp(code + direction, qmin, qmax),
    encoded: (made) => ({ ...encoded, codes: like(codes, made) }) as Encoded,
  };
}

interface Tables {
  readonly levels: Float32Array;
  readonly size: number;
  readonly tables: Groups;
  readonly groups: Groups | null;
  readonly scale: Float32Array | null;
}

/** Any steps: tables of levels, with a scale a group or without. */
function uneven(encoded: Extract<Encoded, { kind: "levels" | "float8" }>, found: Tables): Ladder {
  const { codes } = encoded;
  const { levels, size, scale } = found;
  const table = groupOf(found.tables, codes.length);
  const group = found.groups && groupOf(found.groups, codes.length);
  const known = new Map<number, Rungs>();
  const rungs = (i: number): Rungs => {
    const t = table[i] as number;
    const made = known.get(t) ?? rungsOf(levels.subarray(t * size, (t + 1) * size));
    known.set(t, made);
    return made;
  };
  const scaleAt = (i: number) => (group && scale ? (scale[group[i] as number] as number) : 1);
  return {
    nearest: (i, x) => {
      const { nearest, codes: own } = rungs(i);
      const unit = scaleAt(i);
      return own[unit === 0 ? 0 : rankOf(nearest, x / unit)] as number;
    },
    value: (i, code) => Math.fround((levels[(table[i] as number) * size + code] as number) * scaleAt(i)),
    step: (i, code, direction) => {
      const { rank, codes: own } = rungs(i);
      return own[clamp((rank[code] as number) + direction, 0, own.length - 1)] as number;
    },
    encoded: (made) => ({ ...encoded, codes: like(codes, made) }) as Encoded,
  };
}

/** One table's distinct finite levels in order: the code of each rank, and the rank of each code. */
interface Rungs {
  readonly nearest: NearestTable;
  readonly codes: ArrayLike<number>;
  readonly rank: Uint8Array;
}

function rungsOf(levels: Float32Array): Rungs {
  // NaN and infinities are nobody's neighbours.
  const finite = [...levels.keys()].filter((code) => Number.isFinite(levels[code]));
  const nearest = nearestTable(finite.map((code) => levels[code] as number));
  const codes = Uint8Array.from(nearest.codes, (place) => finite[place] as number);
  const rank = Uint8Array.from(levels, (level) =>
    Number.isFinite(level) ? nearest.sorted.indexOf(level === 0 ? 0 : level) : 0,
  );
  return { nearest, codes, rank };
}

/** The group of each element. */
function groupOf(groups: Groups, length: number): Uint32Array {
  const group = new Uint32Array(length);
  const { step } = groups;
  eachRun(groups, (from, to, first) => {
    for (let i = from, g = first; i < to; i++, g += step) group[i] = g;
  });
  return group;
}

function like<T extends Int16Array | Int32Array | Uint8Array>(codes: T, made: ArrayLike<number>): T {
  return (codes.constructor as unknown as { from(list: ArrayLike<number>): T }).from(made);
}
