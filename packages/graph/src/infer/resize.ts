// The output shape of Resize. Source: ONNX Resize 10 (scales), 11 and 13 (roi, scales, sizes), 18 and 19 (axes,
// keep_aspect_ratio_policy); ONNX Runtime multiplies scale and size in float32 and truncates.

import { normalizeAxis } from "@bitscape/tensor";
import { intsOf, stringOf } from "../attribute.ts";
import { dim, need, type Site, valuesOf } from "./rule.ts";

export function resized(site: Site): number[] {
  const { shape } = need(site, 0);
  const axes =
    intsOf(site.node, "axes")?.map((axis) => normalizeAxis(axis, shape.length, "axes")) ??
    shape.map((_, i) => i);
  const old = site.opset < 11;
  const scales = filled(valuesOf(site, old ? 1 : 2));
  const sizes = old ? undefined : filled(valuesOf(site, 3));
  if (!scales && !sizes) throw new Error("scales and sizes: both absent, expected one of them");
  const result = [...shape];
  if (sizes) {
    const policy = stringOf(site.node, "keep_aspect_ratio_policy", "stretch");
    const kept = policy === "stretch" ? sizes : fitted(shape, axes, sizes, policy);
    axes.forEach((axis, i) => {
      result[axis] = kept[i] as number;
    });
    return result;
  }
  // ONNX would multiply by the part that tf_crop_and_resize keeps; ONNX Runtime 1.30 does not.
  axes.forEach((axis, i) => {
    result[axis] = Math.floor(Math.fround(dim(shape, axis) * ((scales as number[])[i] as number)));
  });
  return result;
}

/** An empty tensor stands for an input that is left out (opset 11 had no other way). */
const filled = (values: number[] | undefined) => (values?.length ? values : undefined);

/** Sizes with one scale on all axes: the smallest that is asked for, or the largest. */
function fitted(
  shape: readonly number[],
  axes: readonly number[],
  sizes: readonly number[],
  policy: string,
): number[] {
  const scales = axes.map((axis, i) => (sizes[i] as number) / dim(shape, axis));
  const scale = policy === "not_larger" ? Math.min(...scales) : Math.max(...scales);
  return axes.map((axis) => Math.round(dim(shape, axis) * scale));
}
