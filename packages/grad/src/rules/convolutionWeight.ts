// The gradient of a convolution's weights: for each tap of the kernel, what it read against what came back. Plain
// operators only; which form is fastest was measured (WebAssembly, one thread). Source: Chellapilla, Puri & Simard,
// High Performance Convolutional Neural Networks (2006), for a convolution as matrix products.

import { int, ints } from "@bitscape/graph";
import { sizeOf } from "@bitscape/tensor";
import type { PerSample } from "../site.ts";
import type { Value } from "../value.ts";
import type { Window } from "../window.ts";
import type { Writer } from "../writer.ts";
import { layOut, type Taps } from "./taps.ts";

/** Above this many taps one convolution takes the place of a product for each. */
const MANY = 64;

/**
 * @param x [N, C, …sizes], the large side
 * @param g [N, M, …positions], the small side
 * @returns [M, C / group, …kernel], or [N, M, C / group, …kernel] where samples are kept apart
 */
export function weightGradient(
  w: Writer,
  x: Value,
  g: Value,
  window: Window,
  group: number,
  apart: PerSample | undefined,
): Value {
  const [channels, filters] = [(x.shape[1] as number) / group, (g.shape[1] as number) / group];
  if (isPatches(window)) return byPatches(w, x, g, window, group, apart !== undefined);
  if (!apart && sizeOf(window.kernel) > MANY) return byConvolution(w, x, g, window, group);
  const taps = layOut(w, x, g, window);
  const depthwise = channels === 1 && filters === 1;
  const stacked = depthwise
    ? w.mul(w.stack(elementwise(w, taps)), taps.rows.shape[2] as number)
    : w.stack(multiplied(w, taps, group));
  // [taps, N, M, C / group]
  const [samples = 1, m = 1, c = 1] = stacked.shape.slice(1);
  const kept = apart || samples === 1 ? stacked : w.reduce("Sum", stacked, [1]);
  const last = w.transpose(kept, [1, 2, 3, 0]);
  return w.reshape(last, [...(apart ? [samples] : []), m, c, ...window.kernel]);
}

/** A matrix product for each tap: [N, M, C / group]. */
function multiplied(w: Writer, { taps, rows }: Taps, group: number): Value[] {
  const [n = 1, m = 1, length = 1] = rows.shape;
  const c = taps[0]?.shape[1] as number;
  const split = (x: Value, size: number) =>
    group === 1 ? x : w.reshape(x, [n, group, size / group, length]);
  const left = split(rows, m);
  return taps.map((tap) => {
    const found = w.matMul(left, w.turned(split(tap, c)));
    return w.reshape(found, [n, m, c / group]);
  });
}

/** Depthwise: a product of elements for each tap, averaged over space: [N, C, 1]. */
function elementwise(w: Writer, { taps, rows }: Taps): Value[] {
  const [n = 1, c = 1] = rows.shape;
  return taps.map((tap) => w.reshape(w.planeMeans(w.mul(tap, rows)), [n, c, 1]));
}

/** Windows that meet but do not overlap, as in patch embeddings: one matrix product. */
function isPatches({ kernel, strides, dilations, begins, sizes, positions }: Window): boolean {
  return (
    sizeOf(kernel) > 1 &&
    kernel.every(
      (size, axis) =>
        strides[axis] === size &&
        (dilations[axis] === 1 || size === 1) &&
        begins[axis] === 0 &&
        sizes[axis] === size * (positions[axis] as number),
    )
  );
}

function byPatches(w: Writer, x: Value, g: Value, window: Window, group: number, apart: boolean): Value {
  const { kernel, positions } = window;
  const [n = 1, c = 1] = x.shape;
  const m = g.shape[1] as number;
  const length = sizeOf(positions);
  const split = w.reshape(x, [
    n,
    group,
    c / group,
    ...positions.flatMap((count, axis) => [count, kernel[axis] as number]),
  ]);
  const [places, offsets] = [positions.map((_, i) => 3 + 2 * i), positions.map((_, i) => 4 + 2 * i)];
  const ordered = w.transpose(split, [0, 1, ...places, 2, ...offsets]);
  const patches = w.reshape(ordered, [n, group, length, (c / group) * sizeOf(kernel)]);
  const found = w.matMul(w.reshape(g, [n, group, m / group, length]), patches);
  if (apart) return w.reshape(found, [n, m, c / group, ...kernel]);
  return w.reshape(n === 1 ? found : w.reduce("Sum", found, [0]), [m, c / group, ...kernel]);
}

/** One convolution of the data, samples as its channels, by the gradient as its kernel; strides and dilations change places. */
function byConvolution(w: Writer, x: Value, g: Value, window: Window, group: number): Value {
  const [n = 1, c = 1, ...sizes] = x.shape;
  const axes = sizes.map((_, i) => i + 2);
  const split = w.reshape(x, [n, group, c / group, ...sizes]);
  const ordered = w.transpose(split, [2, 1, 0, ...axes.map((axis) => axis + 1)]);
  const data = w.reshape(ordered, [c / group, group * n, ...sizes]);
  const kernel = w.transpose(g, [1, 0, ...axes]);
  const ends = axes.map((_, i) => {
    const reach = ((window.kernel[i] as number) - 1) * (window.dilations[i] as number);
    const last = ((window.positions[i] as number) - 1) * (window.strides[i] as number);
    return Math.max(0, reach + last + 1 - (window.begins[i] as number) - (window.sizes[i] as number));
  });
  const found = w.op("Conv", [data, kernel], {
    kernel_shape: ints(window.positions),
    strides: ints(window.dilations),
    dilations: ints(window.strides),
    group: int(group),
    pads: ints([...window.begins, ...ends]),
  });
  const cut = w.slice(
    found,
    window.kernel.map((end, i) => ({ axis: i + 2, start: 0, end })),
  );
  return w.transpose(cut, [1, 0, ...axes]);
}
