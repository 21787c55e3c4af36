// Which elements of a tensor share a scale: none split, one group a channel, or blocks along an axis.
// Layouts are those of ONNX DequantizeLinear-21 (per tensor, per axis, blocked).

import { normalizeAxis, sizeOf } from "@bitscape/tensor";

export type Grouping =
  | { readonly kind: "tensor" }
  | { readonly kind: "channel"; readonly axis: number }
  | { readonly kind: "block"; readonly axis: number; readonly size: number };

/**
 * A grouping of one shape: element [o, d, i] of the view [outer, dim, inner] is in group `at(o, d) + i · step`. Where
 * step is 0, `span` consecutive d are in one group, so that elements are visited in runs as long as there are.
 */
export interface Groups {
  readonly count: number;
  /** Shape of the scale tensor: [] per tensor, [D] per axis, rank kept with the axis divided for blocks. */
  readonly scaleShape: readonly number[];
  readonly outer: number;
  readonly dim: number;
  readonly inner: number;
  readonly at: (o: number, d: number) => number;
  readonly step: 0 | 1;
  readonly span: number;
}

/** The groups of a shape. Throws where the axis does not fit or the block is not a positive integer. */
export function groupsOf(shape: readonly number[], grouping: Grouping): Groups {
  if (grouping.kind === "tensor") {
    return {
      count: 1,
      scaleShape: [],
      outer: 1,
      dim: 1,
      inner: sizeOf(shape),
      at: () => 0,
      step: 0,
      span: 1,
    };
  }
  const axis = normalizeAxis(grouping.axis, shape.length, `${grouping.kind} axis`);
  const dim = shape[axis] as number;
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  if (grouping.kind === "channel") {
    const base = { count: dim, scaleShape: [dim], outer, span: 1 };
    // The last axis: a row of the tensor is one run that goes through the groups.
    if (inner === 1) return { ...base, dim: 1, inner: dim, at: () => 0, step: 1 };
    return { ...base, dim, inner, at: (_, d) => d, step: 0 };
  }
  const { size } = grouping;
  if (!Number.isInteger(size) || size < 1) throw new Error(`block: ${size}, expected a positive integer`);
  const blocks = Math.ceil(dim / size);
  const scaleShape = shape.map((each, i) => (i === axis ? blocks : each));
  const at = (o: number, d: number) => (o * blocks + Math.floor(d / size)) * inner;
  const base = { count: outer * blocks * inner, scaleShape, outer, dim, inner, at };
  return inner === 1 ? { ...base, step: 0, span: size } : { ...base, step: 1, span: 1 };
}

/**
 * Calls `visit` for each contiguous run of elements [from, to) that starts in `group`; with `step` 1
 * element from + i is in group + i, with 0 the whole run is in one group.
 */
export function eachRun(groups: Groups, visit: (from: number, to: number, group: number) => void): void {
  const { outer, dim, inner, at, span } = groups;
  let from = 0;
  for (let o = 0; o < outer; o++) {
    for (let d = 0; d < dim; d += span) {
      const to = from + Math.min(span, dim - d) * inner;
      visit(from, to, at(o, d));
      from = to;
    }
  }
}

/**
 * Calls `visit` with the elements of each group, in order of groups; not to be written to. Views of the data where a
 * group is one run, else copies.
 */
export function eachGroup(
  data: Float32Array,
  groups: Groups,
  visit: (values: Float32Array, group: number) => void,
): void {
  const { outer, dim, step, span, count } = groups;
  if (step === 0 && outer * Math.ceil(dim / span) === count) {
    eachRun(groups, (from, to, group) => visit(data.subarray(from, to), group));
  } else {
    gather(data, groups).forEach(visit);
  }
}

/** The elements of each group, gathered: what percentiles need. */
export function gather(data: Float32Array, groups: Groups): Float32Array[] {
  const sizes = new Uint32Array(groups.count);
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) sizes[g] = (sizes[g] as number) + 1;
  });
  const members = Array.from(sizes, (size) => new Float32Array(size));
  const filled = new Uint32Array(groups.count);
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) {
      (members[g] as Float32Array)[filled[g] as number] = data[i] as number;
      filled[g] = (filled[g] as number) + 1;
    }
  });
  return members;
}
