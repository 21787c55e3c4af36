// What each tap of a sliding window reads, as rows of one length that match the rows of the window's positions. Rows of
// an image lie in one run, with the padding between them, so that a tap is one shift of it: a slice that is copied whole.
// The zeros that positions have where the padding is keep what does not belong together apart.

import { sizeOf, stridesOf } from "@bitscape/tensor";
import type { Value } from "../value.ts";
import type { Window } from "../window.ts";
import type { Writer } from "../writer.ts";

export interface Taps {
  /** [N, C, length] each, in the kernel's row-major order. */
  readonly taps: readonly Value[];
  /** [N, M, length] */
  readonly rows: Value;
}

/** Where runs would be longer than positions by more than this, taps are cut out one by one. */
const WASTE = 1.5;

/** @param x [N, C, …sizes]  @param g [N, M, …positions] */
export function layOut(w: Writer, x: Value, g: Value, window: Window): Taps {
  const { positions } = window;
  const shifts = shiftsOf(window);
  const furthest = positions.map((_, axis) => Math.max(...shifts.map(({ shift }) => shift[axis] as number)));
  const widths = positions.map((count, axis) => count + (furthest[axis] as number));
  const inner = (sizes: readonly number[]) => sizeOf(sizes.slice(1));
  const runs = inner(widths) <= WASTE * inner(positions);
  // A shift along other axes runs over the end of the last row.
  if (runs && furthest.slice(1).some((shift) => shift > 0)) widths[0] = (widths[0] as number) + 1;
  const phases = phasesOf(w, x, window, widths);
  const strides = stridesOf(widths);
  const [n = 1, m = 1] = g.shape;
  const c = x.shape[1] as number;
  const cut = (phase: Value, shift: readonly number[]) => {
    const cuts = shift.map((start, i) => ({ axis: i + 2, start, end: start + (positions[i] as number) }));
    return w.reshape(w.slice(phase, cuts), [n, c, sizeOf(positions)]);
  };
  const length = (positions[0] as number) * (strides[0] as number);
  const run = (phase: Value, shift: readonly number[]) => {
    const start = shift.reduce((sum, each, axis) => sum + each * (strides[axis] as number), 0);
    const flat = w.reshape(phase, [n, c, sizeOf(widths)]);
    return w.slice(flat, [{ axis: 2, start, end: start + length }]);
  };
  const known = new Map<string, Value>();
  const taps = shifts.map(({ phase, shift }) => {
    const key = String(phase);
    const source = known.get(key) ?? phases(phase);
    known.set(key, source);
    return runs ? run(source, shift) : cut(source, shift);
  });
  if (!runs) return { taps, rows: w.reshape(g, [n, m, sizeOf(positions)]) };
  const ends = [0, 0, ...positions.map((count, axis) => (axis === 0 ? 0 : (widths[axis] as number) - count))];
  const padded = w.pad(
    g,
    ends.map(() => 0),
    ends,
  );
  return { taps, rows: w.reshape(padded, [n, m, length]) };
}

interface Shift {
  /** The tap's offset modulo the stride, an axis each. */
  readonly phase: readonly number[];
  /** Its offset in strides. */
  readonly shift: readonly number[];
}

/** Each tap's offset, in the kernel's row-major order. */
function shiftsOf({ kernel, dilations, strides }: Window): Shift[] {
  const pitches = stridesOf(kernel);
  return Array.from({ length: sizeOf(kernel) }, (_, tap) => {
    const offsets = kernel.map(
      (size, axis) => (Math.floor(tap / (pitches[axis] as number)) % size) * (dilations[axis] as number),
    );
    return {
      phase: offsets.map((offset, axis) => offset % (strides[axis] as number)),
      shift: offsets.map((offset, axis) => Math.floor(offset / (strides[axis] as number))),
    };
  });
}

/** The padded data from an offset on, each stride-th element: [N, C, …widths]. */
function phasesOf(w: Writer, x: Value, { strides, begins, sizes }: Window, widths: readonly number[]) {
  const ends = sizes.map((size, axis) => {
    const wanted = (strides[axis] as number) * (widths[axis] as number);
    return Math.max(0, wanted - size - (begins[axis] as number));
  });
  const padded = w.pad(x, [0, 0, ...begins], [0, 0, ...ends]);
  return (phase: readonly number[]) =>
    w.slice(
      padded,
      phase.map((start, axis) => {
        const step = strides[axis] as number;
        return { axis: axis + 2, start, end: step * (widths[axis] as number), step };
      }),
    );
}
