// The ranges that Slice takes on each axis. Source: ONNX Slice 1 (attributes) and 10 to 13 (inputs).

import { normalizeAxis } from "@bitscape/tensor";
import { intsOf } from "../attribute.ts";
import { need, type Site, valuesOf } from "./rule.ts";

export interface Range {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** One range an axis; whole axes where the node does not say. */
export function sliced(site: Site): Range[] {
  const { shape } = need(site, 0);
  const starts = intsOf(site.node, "starts") ?? valuesOf(site, 1);
  const ends = intsOf(site.node, "ends") ?? valuesOf(site, 2);
  if (!starts || !ends) throw new Error("starts and ends: absent, expected attributes or inputs");
  const axes = intsOf(site.node, "axes") ?? valuesOf(site, 3) ?? starts.map((_, i) => i);
  const steps = valuesOf(site, 4) ?? starts.map(() => 1);
  const ranges = shape.map((size): Range => ({ start: 0, step: 1, count: size }));
  axes.forEach((each, i) => {
    const axis = normalizeAxis(each, shape.length, "axes");
    ranges[axis] = rangeOf(shape[axis] as number, starts[i] ?? 0, ends[i] ?? 0, steps[i] ?? 1);
  });
  return ranges;
}

function rangeOf(size: number, from: number, to: number, step: number): Range {
  if (step === 0) throw new Error("steps: 0, expected anything else");
  const back = step < 0;
  // A backward slice starts at the last element at most, and ends before the first at least.
  const place = (at: number, low: number, high: number) =>
    Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const start = back ? place(from, 0, size - 1) : place(from, 0, size);
  const end = back ? place(to, -1, size - 1) : place(to, 0, size);
  return { start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
}
