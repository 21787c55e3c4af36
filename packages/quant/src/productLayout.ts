// How the blocks of product quantization lie in a tensor: d inputs of one output, a whole kernel, or d neighbours in a
// row. Not their centroids. Source: iPQ (Stock et al. 2020) as in Quant-Noise (Fan et al. 2021): catalogue of methods §4.

import { normalizeAxis, sizeOf, stridesOf } from "@bitscape/tensor";
import type { ProductLayout } from "./encoded.ts";

export interface BlockAxes {
  /** Axis of the operator's outputs: a block lies in one of them. */
  readonly outputs: number;
  /** Axis of its inputs. */
  readonly inputs: number;
}

/** Outputs first, inputs beside them. */
function usualAxes(rank: number, outputs = 0): BlockAxes {
  if (rank < 2) return { outputs: 0, inputs: 0 };
  const inputs = outputs === 0 ? 1 : outputs === rank - 1 ? rank - 2 : 0;
  return { outputs, inputs };
}

/**
 * The layout of blocks of d elements. In this order, what fits: the whole kernel where it has d elements; d consecutive
 * inputs at one place of the kernel; d consecutive elements of a kernel, or of a row of kernels.
 * @throws one sentence where d fits none of them
 */
export function productLayout(shape: readonly number[], d: number, axes?: Partial<BlockAxes>): ProductLayout {
  const rank = shape.length;
  if (rank < 2) return productLayout([1, sizeOf(shape)], d);
  const usual = usualAxes(rank, axes?.outputs);
  const outputs = normalizeAxis(usual.outputs, rank, "outputs axis");
  const inputs = normalizeAxis(axes?.inputs ?? usual.inputs, rank, "inputs axis");
  const last = Math.max(outputs, inputs);
  const head = shape.slice(0, last + 1);
  const kernel = sizeOf(shape.slice(last + 1));
  const channels = shape[inputs] as number;
  if (kernel > 1 && kernel === d) return layoutOf([...head, kernel], outputs, last + 1);
  if (channels % d === 0) {
    const split = [...head.slice(0, inputs), channels / d, d, ...head.slice(inputs + 1), kernel];
    return layoutOf(split, outputs > inputs ? outputs + 1 : outputs, inputs + 1);
  }
  if (kernel % d === 0) return layoutOf([...head, kernel / d, d], outputs, last + 2);
  const row = inputs === outputs + 1 ? channels * kernel : 0;
  const subject = `product blocks of ${d} in shape [${shape.join(", ")}]`;
  if (row === 0 || row % d !== 0) {
    throw new Error(
      `${subject}: ${channels} inputs and kernels of ${kernel}, expected ${d} to divide either${row > 0 ? ` or ${row}` : ""}`,
    );
  }
  return layoutOf([...head.slice(0, inputs), row / d, d], outputs, inputs + 1);
}

/** The layout in a view of the tensor: one axis of rows, one of the elements of a block, the others number the blocks. */
function layoutOf(view: readonly number[], rowAxis: number, innerAxis: number): ProductLayout {
  const strides = stridesOf(view);
  const others = view.map((_, axis) => axis).filter((axis) => axis !== rowAxis && axis !== innerAxis);
  const blocks = sizeOf(others.map((axis) => view[axis] as number));
  const starts = new Float64Array(blocks);
  for (let b = 0; b < blocks; b++) {
    let rest = b;
    for (const axis of others.toReversed()) {
      const dim = view[axis] as number;
      starts[b] = (starts[b] as number) + (rest % dim) * (strides[axis] as number);
      rest = Math.floor(rest / dim);
    }
  }
  return {
    rows: view[rowAxis] as number,
    blocks,
    d: view[innerAxis] as number,
    starts,
    rowStride: strides[rowAxis] as number,
    stride: strides[innerAxis] as number,
  };
}

/** The columns of a tensor, [blocks · rows, d]: what is clustered. */
export function columnsOf(data: Float32Array, layout: ProductLayout): Float32Array {
  const { rows, d, stride } = layout;
  const columns = new Float32Array(data.length);
  eachBlock(layout, (start, column) => {
    for (let i = 0, at = start; i < d; i++, at += stride) columns[column * d + i] = data[at] as number;
  });
  return rows > 0 ? columns : new Float32Array();
}

/** Calls `visit` with where each column starts, in their order. */
export function eachBlock(layout: ProductLayout, visit: (start: number, column: number) => void): void {
  const { rows, starts, rowStride } = layout;
  let column = 0;
  for (let b = 0; b < starts.length; b++) {
    for (let r = 0, at = starts[b] as number; r < rows; r++, at += rowStride) visit(at, column++);
  }
}
