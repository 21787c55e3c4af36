// Linear maps along one axis (resampling, padding by reflection) as matrices, and their transposes applied to a gradient.
// Source: ONNX Resize 19 (coordinate and nearest modes), Pad 19; Keys, Cubic convolution interpolation (1981).

import { sizeOf } from "@bitscape/tensor";
import type { Value } from "../value.ts";
import type { Writer } from "../writer.ts";

/** For each element of the result, what it takes of which elements of the source. */
export interface AxisMatrix {
  readonly sources: number;
  readonly rows: readonly (readonly (readonly [source: number, weight: number])[])[];
}

/** Mᵀ along an axis: the gradient of the source from that of the result. */
export function applyTransposed(w: Writer, g: Value, axis: number, matrix: AxisMatrix): Value {
  const { sources, rows } = matrix;
  const before = sizeOf(g.shape.slice(0, axis));
  const after = sizeOf(g.shape.slice(axis + 1));
  const shape = g.shape.with(axis, sources);
  const repeats = rows.length / sources;
  if (
    rows.every((row, i) => row.length === 1 && row[0]?.[1] === 1 && row[0][0] === Math.floor(i / repeats))
  ) {
    const split = w.reshape(g, [before, sources, repeats, after]);
    return w.reshape(w.reduce("Sum", split, [2]), shape);
  }
  const entries = new Float64Array(sources * rows.length);
  rows.forEach((row, i) => {
    for (const [source, weight] of row) {
      const at = source * rows.length + i;
      entries[at] = (entries[at] as number) + weight;
    }
  });
  const turned = w.constant(g.dtype, [sources, rows.length], entries);
  const flat = w.reshape(g, [before, rows.length, after]);
  return w.reshape(w.matMul(turned, flat), shape);
}

/** What a position beyond the ends reads, by the mode of Pad. */
const beyond: Record<string, (at: number, size: number) => number> = {
  edge: (at, size) => Math.min(Math.max(at, 0), size - 1),
  reflect: (at, size) => {
    const period = Math.max(1, 2 * (size - 1));
    const place = ((at % period) + period) % period;
    return place < size ? place : period - place;
  },
  wrap: (at, size) => ((at % size) + size) % size,
};

/** Padding of an axis by its own elements; undefined for a mode that is not known. */
export function padMatrix(size: number, begin: number, end: number, mode: string): AxisMatrix | undefined {
  const read = beyond[mode];
  if (!read) return undefined;
  const count = size + begin + end;
  return {
    sources: size,
    rows: Array.from({ length: count }, (_, i) => [[read(i - begin, size), 1] as const]),
  };
}

export interface Resampling {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly excludeOutside: boolean;
}

interface Line {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

// Float32 as in ONNX Runtime: which of two neighbours is nearest may hang on it.
const f = Math.fround;

/** Where an element of the result lies in the source. */
const places: Record<string, (i: number, line: Line) => number> = {
  half_pixel: (i, { scale }) => f(f(f(i + 0.5) / f(scale)) - 0.5),
  half_pixel_symmetric: (i, { from, to, scale }) => {
    const adjustment = to / (scale * from);
    return (from / 2) * (1 - adjustment) + (i + 0.5) / scale - 0.5;
  },
  pytorch_half_pixel: (i, { to, scale }) => (to > 1 ? f(f(f(i + 0.5) / f(scale)) - 0.5) : 0),
  align_corners: (i, { from, to }) => (to === 1 ? 0 : f(f(i * (from - 1)) / f(to - 1))),
  asymmetric: (i, { scale }) => f(i / f(scale)),
};

const roundings: Record<string, (at: number) => number> = {
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Resampling of an axis; undefined for modes that are not known. */
export function resizeMatrix(line: Line, how: Resampling): AxisMatrix | undefined {
  const [place, round] = [places[how.coordinates], roundings[how.nearest]];
  const weights = place && round && taps(how, round, line.from);
  if (!place || !weights) return undefined;
  const last = line.from - 1;
  const rows = Array.from({ length: line.to }, (_, i) =>
    weights(place(i, line)).map(([at, weight]) => [Math.min(Math.max(at, 0), last), weight] as const),
  );
  return { sources: line.from, rows };
}

type Taps = (at: number) => (readonly [at: number, weight: number])[];

function taps(how: Resampling, round: (at: number) => number, size: number): Taps | undefined {
  if (how.mode === "nearest") return (at) => [[round(at), 1]];
  if (how.mode === "linear") {
    return (at) => {
      const inside = Math.min(Math.max(at, 0), size - 1);
      const low = Math.floor(inside);
      return [
        [low, 1 - (inside - low)],
        [low + 1, inside - low],
      ];
    };
  }
  if (how.mode !== "cubic") return undefined;
  return (at) => {
    const low = Math.floor(at);
    const all = [-1, 0, 1, 2].map((offset) => [low + offset, cubic(at - low - offset, how.cubic)] as const);
    if (!how.excludeOutside) return all;
    const inside = all.filter(([place]) => place >= 0 && place < size);
    const sum = inside.reduce((total, [, weight]) => total + weight, 0);
    return inside.map(([place, weight]) => [place, weight / sum] as const);
  };
}

/** Keys' kernel with its parameter a. */
function cubic(distance: number, a: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}
