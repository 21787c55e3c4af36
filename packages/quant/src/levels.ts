// Codes that are places in a table of a few levels, times a scale a group: what binary, ternary, small floats, NF4 and
// powers of two share. Not how scales are chosen (levelScale.ts), nor tables that are fitted (formats/codebook.ts).

import type { Levels } from "./encoded.ts";
import type { FormatFacts } from "./formats/facts.ts";
import { eachRun, type Groups, groupsOf } from "./grouping.ts";
import { type NearestTable, nearestTable, rankOf, type TieRule } from "./nearest.ts";

/** A table that a whole format shares. */
export interface Grid {
  /** One a code, float32 values. */
  readonly levels: Float32Array;
  /** Its largest magnitude. */
  readonly most: number;
  readonly nearest: NearestTable;
}

export function gridOf(levels: readonly number[], up?: TieRule): Grid {
  const stored = Float32Array.from(levels);
  const most = stored.reduce((m, level) => Math.max(m, Math.abs(level)), 0);
  return { levels: stored, most, nearest: nearestTable(stored, up) };
}

/** Codes of the levels nearest to x / scale. */
export function encodeLevels(
  data: Float32Array,
  groups: Groups,
  scale: Float32Array,
  { nearest }: Grid,
): Uint8Array {
  const out = new Uint8Array(data.length);
  const { codes } = nearest;
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) {
      out[i] = codes[rankOf(nearest, (data[i] as number) / (scale[g] as number))] as number;
    }
  });
  return out;
}

/** A weight on a format's own grid, with a scale a group. */
export function onGrid(
  format: FormatFacts,
  shape: readonly number[],
  groups: Groups,
  scale: Float32Array,
  { levels }: Pick<Grid, "levels">,
  codes: Uint8Array,
): Levels {
  const size = levels.length;
  const tables = groupsOf(shape, { kind: "tensor" });
  return { kind: "levels", format, shape, codes, width: widthOf(size), levels, size, tables, groups, scale };
}

/** Bits of a code into a table of this size. */
export function widthOf(size: number): number {
  return Math.ceil(Math.log2(size));
}

/** The values that places in tables stand for, as float32. */
export function decodeLevels({ codes, levels, size, tables, groups, scale }: Levels): Float32Array {
  const data = new Float32Array(codes.length);
  eachRun(tables, (from, to, table) => {
    for (let i = from, t = table * size; i < to; i++, t += tables.step * size) {
      data[i] = levels[t + (codes[i] as number)] as number;
    }
  });
  if (!groups || !scale) return data;
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step)
      data[i] = (data[i] as number) * (scale[g] as number);
  });
  return data;
}
