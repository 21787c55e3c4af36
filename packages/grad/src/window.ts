// The window of a convolution or a pool where a node stands: kernel, strides, dilations and where it begins, paddings
// that auto_pad leaves open resolved from the concrete sizes. Source: ONNX Conv 11, ConvTranspose 11, pools.

import { intsOf, type Node, stringOf } from "@bitscape/graph";

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before the first element, an axis each. */
  readonly begins: readonly number[];
  /** Spatial sizes of the large side (what the window slides over). */
  readonly sizes: readonly number[];
  /** Spatial sizes of the small side: the window's positions. */
  readonly positions: readonly number[];
}

/** How far a window reaches on an axis. */
export function reachOf({ kernel, dilations }: Window, axis: number): number {
  return ((kernel[axis] as number) - 1) * (dilations[axis] as number) + 1;
}

/** From the start of the first position to the end of the last. */
export function spanOf(window: Window, axis: number): number {
  return ((window.positions[axis] as number) - 1) * (window.strides[axis] as number) + reachOf(window, axis);
}

/**
 * The window of a node that slides over `sizes` and has `positions`.
 * @param node a Conv or a pool, or a ConvTranspose, whose output is the large side
 */
export function windowAt(
  node: Node,
  kernel: readonly number[],
  sizes: readonly number[],
  positions: readonly number[],
): Window {
  const ones = kernel.map(() => 1);
  const window = {
    kernel,
    strides: intsOf(node, "strides") ?? ones,
    dilations: intsOf(node, "dilations") ?? ones,
    begins: ones,
    sizes,
    positions,
  };
  return { ...window, begins: kernel.map((_, axis) => beginOf(node, window, axis)) };
}

function beginOf(node: Node, window: Window, axis: number): number {
  const mode = stringOf(node, "auto_pad", "NOTSET");
  const transposed = node.op === "ConvTranspose";
  // An output_shape leaves the paddings of a ConvTranspose open too.
  const open = mode.startsWith("SAME") || (transposed && node.attributes.has("output_shape"));
  if (mode === "VALID") return 0;
  if (!open) return intsOf(node, "pads")?.[axis] ?? 0;
  const extra = transposed ? (intsOf(node, "output_padding")?.[axis] ?? 0) : 0;
  const total = Math.max(0, spanOf(window, axis) + extra - (window.sizes[axis] as number));
  const before = Math.floor(total / 2);
  // The odd one goes to the end for SAME_UPPER; ConvTranspose with an output_shape alone puts it at the start.
  return mode === "SAME_UPPER" ? before : total - before;
}
