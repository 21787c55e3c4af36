// Shape rules of operators that rearrange elements: reshape, transpose, concat, split, pad, tile, resize.
// Source: ONNX operators to opset 26, attribute and input forms alike.

import { normalizeAxis, sizeOf } from "@bitscape/tensor";
import { intOf, intsOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import {
  axisOf,
  broadcast,
  dim,
  each,
  type InferRule,
  intsFrom,
  like,
  need,
  needValues,
  reshaped,
  type Site,
  valuesOf,
} from "../rule.ts";

const concat: InferRule = (site) => [joined(site, 0)];

/** The concatenation of inputs from `first`, every `step`th. */
export function joined(site: Site, first: number, step = 1) {
  const inputs = site.inputs.map((_, i) => i).filter((i) => i >= first && (i - first) % step === 0);
  const [head, ...rest] = inputs.map((i) => need(site, i));
  if (!head) throw new Error("no inputs, expected at least one");
  const axis = axisOf(site, head.shape.length, 1);
  let size = dim(head.shape, axis);
  for (const { shape } of rest) {
    if (shape.length !== head.shape.length || shape.some((d, i) => i !== axis && d !== head.shape[i])) {
      const [a, b] = [head.shape.join(", "), shape.join(", ")];
      throw new Error(`shapes [${a}] and [${b}], expected ones that differ on axis ${axis} only`);
    }
    size += dim(shape, axis);
  }
  return like(head, head.shape.with(axis, size));
}

/** Sizes of the parts of Split, in order. */
export function partsOf(site: Site): { readonly axis: number; readonly sizes: readonly number[] } {
  const { shape } = need(site, 0);
  const axis = axisOf(site, shape.length, 0);
  const total = dim(shape, axis);
  const asked = intsFrom(site, "split", 1);
  if (asked) {
    const sum = asked.reduce((a, b) => a + b, 0);
    if (sum !== total) throw new Error(`split: parts add up to ${sum}, expected ${total}`);
    return { axis, sizes: asked };
  }
  const count = intOf(site.node, "num_outputs", site.node.outputs.length);
  const part = Math.ceil(total / count);
  return { axis, sizes: Array.from({ length: count }, (_, i) => Math.min(part, total - i * part)) };
}

const pad: InferRule = (site) => {
  const x = need(site, 0);
  const rank = x.shape.length;
  const pads = intsFrom(site, "pads", 1);
  if (!pads) throw new Error("pads: absent, expected an attribute or an input");
  const axes = valuesOf(site, 3)?.map((axis) => normalizeAxis(axis, rank, "input 3 (axes)"));
  const count = axes?.length ?? rank;
  const shape = [...x.shape];
  for (let i = 0; i < count; i++) {
    const axis = axes?.[i] ?? i;
    shape[axis] = dim(shape, axis) + (pads[i] ?? 0) + (pads[i + count] ?? 0);
  }
  return [like(x, shape)];
};

export const layout = {
  Reshape: (site) => {
    const x = need(site, 0);
    return [like(x, reshaped(x.shape, needValues(site, 1), intOf(site.node, "allowzero", 0) === 1))];
  },

  Flatten: (site) => {
    const x = need(site, 0);
    const rank = x.shape.length;
    const axis = intOf(site.node, "axis", 1);
    const cut = axis < 0 ? axis + rank : axis;
    return [like(x, [sizeOf(x.shape.slice(0, cut)), sizeOf(x.shape.slice(cut))])];
  },

  Transpose: (site) => {
    const x = need(site, 0);
    const perm = intsOf(site.node, "perm") ?? x.shape.map((_, i) => x.shape.length - 1 - i);
    if (perm.length !== x.shape.length) {
      throw new Error(`attribute perm: ${perm.length} axes, expected ${x.shape.length}`);
    }
    const shape = perm.map((axis) => dim(x.shape, axis));
    return [like(x, shape)];
  },

  Squeeze: (site) => {
    const x = need(site, 0);
    const axes = intsFrom(site, "axes", 1)?.map((axis) => normalizeAxis(axis, x.shape.length, "axes"));
    const wrong = axes?.find((axis) => x.shape[axis] !== 1);
    if (wrong !== undefined) throw new Error(`axis ${wrong}: size ${x.shape[wrong]}, expected 1`);
    const shape = x.shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1));
    return [like(x, shape)];
  },

  Unsqueeze: (site) => {
    const x = need(site, 0);
    const asked = intsFrom(site, "axes", 1);
    if (!asked) throw new Error("axes: absent, expected an attribute or an input");
    const rank = x.shape.length + asked.length;
    const axes = new Set(asked.map((axis) => normalizeAxis(axis, rank, "axes")));
    const rest = x.shape.values();
    return [
      like(
        x,
        Array.from({ length: rank }, (_, i) => (axes.has(i) ? 1 : (rest.next().value ?? 1))),
      ),
    ];
  },

  Concat: concat,
  // y scale, y zero, then (tensor, scale, zero) apiece.
  "com.microsoft.QLinearConcat": (site) => [joined(site, 2, 3)],

  Split: (site) => {
    const x = need(site, 0);
    const { axis, sizes } = partsOf(site);
    return sizes.map((size) => like(x, x.shape.with(axis, size)));
  },

  ...each(["Pad", "com.microsoft.Pad"], pad),

  Tile: (site) => {
    const x = need(site, 0);
    const repeats = needValues(site, 1);
    return [
      like(
        x,
        x.shape.map((size, i) => size * (repeats[i] ?? 1)),
      ),
    ];
  },

  Expand: (site) => {
    const x = need(site, 0);
    return [like(x, broadcast(x.shape, needValues(site, 1)))];
  },

  "com.microsoft.ExpandDims": (site) => {
    const x = need(site, 0);
    const axis = normalizeAxis(needValues(site, 1)[0] ?? 0, x.shape.length + 1, "input 1 (axis)");
    return [like(x, x.shape.toSpliced(axis, 0, 1))];
  },

  CenterCropPad: (site) => {
    const x = need(site, 0);
    const sizes = needValues(site, 1);
    const axes = intsOf(site.node, "axes") ?? x.shape.map((_, i) => i);
    const shape = [...x.shape];
    axes.forEach((axis, i) => {
      shape[normalizeAxis(axis, shape.length, "axes")] = sizes[i] as number;
    });
    return [like(x, shape)];
  },

  TensorScatter: (site) => [like(need(site, 0))],

  "com.microsoft.UnfoldTensor": (site) => {
    const x = need(site, 0);
    const axis = axisOf(site, x.shape.length, -1, "dim");
    const [size, step] = [intOf(site.node, "size", 1), intOf(site.node, "step", 1)];
    const count = Math.floor((dim(x.shape, axis) - size) / step) + 1;
    return [like(x, [...x.shape.with(axis, count), size])];
  },
} satisfies Partial<Record<OpType, InferRule>>;
