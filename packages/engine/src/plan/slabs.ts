// Slabs: a large weight quantized range after range of one axis, where the ranges do not know of each other, with the same
// codes and scales as when quantized at once. Memory is then one slab's floats and working arrays beside all codes.

import type { Constant } from "@bitscape/graph";
import { groupsOf } from "@bitscape/quant";
import { byteLengthOf, sizeOf, toFloat32, viewBytes } from "@bitscape/tensor";
import { floatsOf } from "../network/constants.ts";
import type { WeightPlan } from "./plan.ts";

type Planned = Pick<WeightPlan, "weight" | "scheme" | "shape" | "grouping" | "leastScale">;

/** A range of one axis of the shape that is quantized. */
export interface Slab {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

// Elements of a slab whose rows lie together in the file; working arrays take some 20 bytes for each.
const TOGETHER = 2 ** 22;
// Rows that lie apart are read one by one: fewer, longer ones, and only where the whole is larger than this.
const APART = 2 ** 24;

// What rounds and scales each group by itself; any other word in a scheme may look at the whole tensor.
const localFields = new Set(["format", "granularity", "symmetric", "range", "rounding", "memory"]);
const localFormat = /^u?int[2-8]$/;
const localRounding = new Set<unknown>([undefined, "nearest", "squant"]);
const localRange = new Set<unknown>(["minmax", "mse", "sawb"]);

/** Whether groups of a scheme are quantized without a look at the others. */
function isLocal(scheme: Planned["scheme"]): boolean {
  return (
    localFormat.test(scheme.format) &&
    localRounding.has(scheme.rounding) &&
    (localRange.has(scheme.range) || typeof scheme.range === "object") &&
    Object.keys(scheme).every((field) => localFields.has(field))
  );
}

/** The slabs of a weight, in order; one that is all of it where it is small or cannot be divided. */
export function slabsOf(
  { scheme, shape, grouping }: Planned,
  most = { together: TOGETHER, apart: APART },
): Slab[] {
  const size = sizeOf(shape);
  const whole = [{ axis: 0, from: 0, to: shape[0] ?? 1 }];
  if (grouping.kind === "tensor" || !isLocal(scheme)) return whole;
  const first = Math.max(
    0,
    shape.findIndex((dim) => dim > 1),
  );
  const axis = grouping.kind === "channel" ? grouping.axis : first;
  const limit = axis <= first ? most.together : most.apart;
  if (size <= limit) return whole;
  const dim = shape[axis] as number;
  const unit = grouping.kind === "block" && grouping.axis === axis ? grouping.size : 1;
  const step = Math.max(1, Math.floor(limit / ((size / dim) * unit))) * unit;
  const slabs: Slab[] = [];
  for (let from = 0; from < dim; from += step) slabs.push({ axis, from, to: Math.min(from + step, dim) });
  return slabs;
}

/** The floats of a slab, row-major in the slab's own shape. */
function floatsIn(constant: Constant, shape: readonly number[], { axis, from, to }: Slab): Float32Array {
  const { dtype } = constant;
  const dim = shape[axis] as number;
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const read =
    constant.range ??
    (
      (bytes) => (begin: number, end: number) =>
        bytes.subarray(begin, end)
    )(constant.bytes());
  const unit = byteLengthOf(dtype, inner);
  const row = (o: number) =>
    toFloat32(dtype, viewBytes(dtype, read((o * dim + from) * unit, (o * dim + to) * unit)));
  if (outer === 1) return row(0);
  const length = (to - from) * inner;
  const floats = new Float32Array(outer * length);
  for (let o = 0; o < outer; o++) floats.set(row(o), o * length);
  return floats;
}

type Numbers = Int8Array | Int16Array | Int32Array | Float32Array;

/** What of a quantized weight is a list: one code an element, one scale and zero point a group. */
interface Lists {
  readonly codes: Numbers;
  readonly scale: Numbers;
  readonly zeroPoint: Numbers;
}

/**
 * Quantizes a weight slab by slab; a turn may be taken at each yield.
 * @param quantize quantizes floats of a shape under the plan's scheme and grouping
 */
export function* quantizeInSlabs<Q>(
  constant: Constant,
  plan: Planned,
  quantize: (data: Float32Array, shape: readonly number[], leastScale: Float64Array | undefined) => Q,
  most?: { readonly together: number; readonly apart: number },
): Generator<void, Q> {
  const { shape, grouping, leastScale } = plan;
  const slabs = slabsOf(plan, most);
  if (slabs.length === 1) return quantize(floatsOf(constant), shape, leastScale);
  const groups = groupsOf(shape, grouping);
  let filled: { first: Q; lists: Lists; groups: number } | undefined;
  for (const slab of slabs) {
    const { axis, from, to } = slab;
    const part = shape.map((dim, i) => (i === axis ? to - from : dim));
    const found = quantize(floatsIn(constant, shape, slab), part, leastScale?.subarray(from, to));
    const own = found as unknown as Lists;
    filled ??= {
      first: found,
      groups: 0,
      lists: {
        codes: like(own.codes, sizeOf(shape)),
        scale: like(own.scale, groups.count),
        zeroPoint: like(own.zeroPoint, groups.count),
      },
    };
    const { lists } = filled;
    const inner = sizeOf(shape.slice(axis + 1));
    const length = (to - from) * inner;
    for (let o = 0; o * length < own.codes.length; o++) {
      lists.codes.set(
        own.codes.subarray(o * length, (o + 1) * length),
        (o * (shape[axis] as number) + from) * inner,
      );
    }
    // Groups of later slabs come later: a slab's axis is the channels', or the first.
    lists.scale.set(own.scale, filled.groups);
    lists.zeroPoint.set(own.zeroPoint, filled.groups);
    filled.groups += own.scale.length;
    yield;
  }
  return { ...(filled as { first: Q }).first, ...(filled as { lists: Lists }).lists, shape, groups };
}

function like<T extends Numbers>(list: T, length: number): T {
  return new (list.constructor as new (length: number) => T)(length);
}
