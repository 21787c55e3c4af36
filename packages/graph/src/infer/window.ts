// The geometry of sliding windows: how many positions a convolution or a pool has on each axis.
// Source: ONNX Conv, ConvTranspose, MaxPool; ONNX Runtime where it differs (ceil_mode, SAME with dilations).

import { intOf, intsOf, stringOf } from "../attribute.ts";
import type { Node } from "../graph.ts";

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All begins, then all ends. */
  readonly pads: readonly number[];
  readonly autoPad: string;
  readonly ceil: boolean;
}

/** A node's window attributes over the kernel's axes, defaults filled in. */
export function windowOf(node: Node, kernel: readonly number[]): Window {
  const ones = kernel.map(() => 1);
  const window = {
    kernel,
    strides: intsOf(node, "strides") ?? ones,
    dilations: intsOf(node, "dilations") ?? ones,
    pads: intsOf(node, "pads") ?? [...kernel, ...kernel].map(() => 0),
    autoPad: stringOf(node, "auto_pad", "NOTSET"),
    ceil: intOf(node, "ceil_mode", 0) !== 0,
  };
  const fits =
    window.strides.length === kernel.length &&
    window.dilations.length === kernel.length &&
    window.pads.length === 2 * kernel.length;
  if (!fits) throw new Error(`strides, dilations or pads: not ${kernel.length} axes, expected the kernel's`);
  return window;
}

type Axis = readonly [size: number, kernel: number, stride: number, dilation: number, pads: number];

/** The spatial part of the output of a window that slides over `sizes`. */
export function slide(sizes: readonly number[], window: Window): number[] {
  if (sizes.length !== window.kernel.length) {
    throw new Error(`${sizes.length} spatial axes, expected the kernel's ${window.kernel.length}`);
  }
  return sizes.map((size, i) => {
    const n = sizes.length;
    const begin = window.pads[i] as number;
    const stride = window.strides[i] as number;
    const padded = window.autoPad === "NOTSET" ? begin + (window.pads[i + n] as number) : 0;
    const axis: Axis = [size, window.kernel[i] as number, stride, window.dilations[i] as number, padded];
    const count = window.autoPad.startsWith("SAME") ? Math.ceil(size / stride) : positions(axis);
    if (count < 1) throw new Error(`spatial axis ${i}: size ${size}, expected at least the window's`);
    if (!window.ceil || window.autoPad.startsWith("SAME")) return count;
    const up = Math.ceil(slack(axis) / stride) + 1;
    // The last window has to start inside the image or its left padding.
    return (up - 1) * stride >= size + (window.autoPad === "NOTSET" ? begin : 0) ? up - 1 : up;
  });
}

const slack = ([size, kernel, , dilation, pads]: Axis) => size + pads - dilation * (kernel - 1) - 1;
const positions = (axis: Axis) => Math.floor(slack(axis) / axis[2]) + 1;

/** The spatial part of a transposed convolution's output. */
export function unslide(node: Node, sizes: readonly number[], window: Window): number[] {
  const { length } = sizes;
  const asked = intsOf(node, "output_shape")?.slice(-length);
  const extra = intsOf(node, "output_padding") ?? sizes.map(() => 0);
  return sizes.map((size, i) => {
    if (asked) return asked[i] as number;
    const stride = window.strides[i] as number;
    const reach = ((window.kernel[i] as number) - 1) * (window.dilations[i] as number) + 1;
    const full = stride * (size - 1) + (extra[i] as number) + reach;
    if (window.autoPad === "NOTSET")
      return full - (window.pads[i] as number) - (window.pads[i + length] as number);
    // SAME: size · stride, unless even without padding it is less.
    return window.autoPad === "VALID" ? full : Math.min(full, size * stride);
  });
}
