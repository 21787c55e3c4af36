// Values of operators that move elements: each output element is one input element, so types and bits stay exact.
// Source: ONNX Reshape, Transpose, Concat, Split, Slice, Gather*, ScatterND, Expand, Tile and their kind.

import { allocate, sizeOf, stridesOf, type Tensor } from "@bitscape/tensor";
import { intOf, intsOf, stringOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { axisOf, dim, type Inferred, need, type Site } from "../rule.ts";
import { partsOf } from "../rules/layout.ts";
import { sliced } from "../slice.ts";
import { coordinates, known, numbersAt, offsetOf, type ValueRule } from "./rule.ts";

/** The input with another shape. */
const reshape: ValueRule = (site, output) => ({
  dtype: output.dtype,
  shape: output.shape,
  data: known(site, 0).data,
});

/** Output elements taken from a tensor, each at the offset that its coordinates map to. */
function take(source: Tensor, output: Inferred, offset: (at: number[]) => number): Tensor {
  const data = allocate(output.dtype, sizeOf(output.shape));
  let i = 0;
  for (const at of coordinates(output.shape)) data[i++] = source.data[offset(at)] as never;
  return { dtype: output.dtype, shape: output.shape, data };
}

const wrap = (index: number, size: number) => (index < 0 ? index + size : index);

const gatherNd: ValueRule = (site, output) => {
  const source = known(site, 0);
  const indices = need(site, 1).shape;
  const numbers = numbersAt(site, 1);
  const batch = intOf(site.node, "batch_dims", 0);
  const depth = dim(indices, -1);
  const strides = stridesOf(source.shape);
  return take(source, output, (at) => {
    const row = offsetOf(indices.slice(0, -1), at.slice(0, indices.length - 1)) * depth;
    const picked = numbers
      .slice(row, row + depth)
      .map((index, i) => wrap(index, dim(source.shape, batch + i)));
    const full = [...at.slice(0, batch), ...picked, ...at.slice(indices.length - 1)];
    return full.reduce((sum, each, axis) => sum + each * (strides[axis] as number), 0);
  });
};

function concat(site: Site, output: Inferred): Tensor {
  const axis = axisOf(site, output.shape.length, 1);
  // Which part, and where in it, each index along the axis is.
  const places = site.inputs.flatMap((_, i) => {
    const part = known(site, i);
    const strides = stridesOf(part.shape);
    return Array.from({ length: dim(part.shape, axis) }, (__, along) => ({ part, strides, along }));
  });
  const data = allocate(output.dtype, sizeOf(output.shape));
  let i = 0;
  for (const at of coordinates(output.shape)) {
    const { part, strides, along } = places[at[axis] as number] as (typeof places)[number];
    const inside = at.with(axis, along);
    data[i++] = part.data[inside.reduce((sum, each, a) => sum + each * (strides[a] as number), 0)] as never;
  }
  return { dtype: output.dtype, shape: output.shape, data };
}

export const movement = {
  Concat: concat,

  Expand: (site, output) => {
    const source = known(site, 0);
    return take(source, output, (at) => offsetOf(source.shape, at));
  },

  Flatten: reshape,

  Gather: (site, output) => {
    const source = known(site, 0);
    const { shape: indices } = need(site, 1);
    const numbers = numbersAt(site, 1);
    const axis = axisOf(site, source.shape.length, 0);
    const strides = stridesOf(source.shape);
    return take(source, output, (at) => {
      const index = numbers[offsetOf(indices, at.slice(axis, axis + indices.length))] as number;
      const full = at.toSpliced(axis, indices.length, wrap(index, dim(source.shape, axis)));
      return full.reduce((sum, each, a) => sum + each * (strides[a] as number), 0);
    });
  },

  GatherElements: (site, output) => {
    const source = known(site, 0);
    const numbers = numbersAt(site, 1);
    const axis = axisOf(site, source.shape.length, 0);
    const strides = stridesOf(source.shape);
    let i = 0;
    return take(source, output, (at) => {
      const full = at.with(axis, wrap(numbers[i++] as number, dim(source.shape, axis)));
      return full.reduce((sum, each, a) => sum + each * (strides[a] as number), 0);
    });
  },

  GatherND: gatherNd,
  Identity: reshape,
  Reshape: reshape,

  ScatterND: (site, output) => {
    if (stringOf(site.node, "reduction", "none") !== "none") return undefined;
    const data = known(site, 0).data.slice();
    const { shape } = output;
    const depth = dim(need(site, 1).shape, -1);
    const indices = numbersAt(site, 1);
    const updates = known(site, 2).data;
    const size = sizeOf(shape.slice(depth));
    const strides = stridesOf(shape);
    for (let row = 0; row * size < updates.length; row++) {
      let offset = 0;
      for (let i = 0; i < depth; i++) {
        offset += wrap(indices[row * depth + i] as number, dim(shape, i)) * (strides[i] as number);
      }
      for (let i = 0; i < size; i++) data[offset + i] = updates[row * size + i] as never;
    }
    return { dtype: output.dtype, shape, data };
  },

  Slice: (site, output) => {
    const source = known(site, 0);
    const ranges = sliced(site);
    const strides = stridesOf(source.shape);
    return take(source, output, (at) =>
      ranges.reduce(
        (sum, { start, step }, axis) =>
          sum + (start + (at[axis] as number) * step) * (strides[axis] as number),
        0,
      ),
    );
  },

  Split: (site, output, index) => {
    const source = known(site, 0);
    const { axis, sizes } = partsOf(site);
    const start = sizes.slice(0, index).reduce((a, b) => a + b, 0);
    const strides = stridesOf(source.shape);
    return take(source, output, (at) =>
      at.reduce((sum, each, a) => sum + (each + (a === axis ? start : 0)) * (strides[a] as number), 0),
    );
  },

  Squeeze: reshape,

  Tile: (site, output) => {
    const source = known(site, 0);
    return take(source, output, (at) =>
      offsetOf(
        source.shape,
        at.map((each, axis) => each % dim(source.shape, axis)),
      ),
    );
  },

  Transpose: (site, output) => {
    const source = known(site, 0);
    const rank = source.shape.length;
    const perm = intsOf(site.node, "perm") ?? source.shape.map((_, i) => rank - 1 - i);
    const strides = stridesOf(source.shape);
    return take(source, output, (at) =>
      perm.reduce((sum, axis, i) => sum + (at[i] as number) * (strides[axis] as number), 0),
    );
  },

  Unsqueeze: reshape,
} satisfies Partial<Record<OpType, ValueRule>>;
