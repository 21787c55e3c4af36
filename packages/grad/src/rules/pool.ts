// Gradients of pools. Source: ONNX MaxPool 12, AveragePool 19, LpPool 18 and the global ones.

import { intOf, intsOf, type OpType } from "@bitscape/graph";
import { sizeOf } from "@bitscape/tensor";
import { fault, type GradRule, type GradSite, gradientOf, inputOf, outputOf } from "../site.ts";
import type { Value } from "../value.ts";
import { spanOf, type Window, windowAt } from "../window.ts";
import type { Writer } from "../writer.ts";
import { spread } from "./convolution.ts";

const spatial = (x: Value) => x.shape.slice(2);

function windowOf(site: GradSite): Window {
  const kernel = intsOf(site.node, "kernel_shape") ?? [];
  return windowAt(site.node, kernel, spatial(inputOf(site, 0)), spatial(outputOf(site)));
}

/** [N, C, …] as [N · C, 1, …]: what is done for each channel alike is one channel's. */
const single = (w: Writer, x: Value) => w.reshape(x, [sizeOf(x.shape.slice(0, 2)), 1, ...spatial(x)]);

/** Every position's value added to all that its window covers: [N, C, …positions] to [N, C, …sizes]. */
function covered(w: Writer, g: Value, window: Window): Value {
  const ones = w.expand(w.scalar(g.dtype, 1), [1, 1, ...window.kernel]);
  const found = spread(w, single(w, g), ones, window);
  return w.reshape(found, [...g.shape.slice(0, 2), ...window.sizes]);
}

/** How many elements of the data (or of its padding too) each position averages, row-major. */
function countsOf(window: Window, padded: readonly number[] | undefined): number[] {
  const perAxis = window.positions.map((count, axis) =>
    Array.from({ length: count }, (_, position) => {
      const start = position * (window.strides[axis] as number) - (window.begins[axis] as number);
      const size = window.sizes[axis] as number;
      // Padding counts, but not what ceil_mode reaches beyond it.
      const [low, high] = padded
        ? [-(window.begins[axis] as number), size + (padded[axis] as number)]
        : [0, size];
      const taps = Array.from(
        { length: window.kernel[axis] as number },
        (_, tap) => start + tap * (window.dilations[axis] as number),
      );
      return taps.filter((at) => at >= low && at < high).length;
    }),
  );
  return perAxis.reduce((all, axis) => all.flatMap((a) => axis.map((b) => a * b)), [1]);
}

const averaged: GradRule = (site) => {
  const { write } = site;
  const [x, g] = [inputOf(site, 0), gradientOf(site)];
  const window = windowOf(site);
  // What is padded at the end; auto_pad leaves it open, and adds no more than the last window needs.
  const ends = window.sizes.map((size, axis) => {
    const given = intsOf(site.node, "pads")?.[axis + window.sizes.length];
    return given ?? Math.max(0, spanOf(window, axis) - size - (window.begins[axis] as number));
  });
  const counts = countsOf(window, intOf(site.node, "count_include_pad", 0) === 1 ? ends : undefined);
  const [first = 1] = counts;
  const same = counts.every((count) => count === first);
  const shares = same ? first : write.constant(g.dtype, [1, 1, ...window.positions], counts);
  const shared = write.div(g, shares);
  const whole =
    sizeOf(window.positions) === 1 &&
    window.kernel.every((size, axis) => size === window.sizes[axis] && window.begins[axis] === 0);
  return [whole ? write.expand(shared, x.shape) : covered(write, shared, window)];
};

/** By the flat places of the maxima, which MaxPool gives on demand. */
function byIndices(site: GradSite): Value {
  const { write } = site;
  const [x, g] = [inputOf(site, 0), gradientOf(site)];
  if (intOf(site.node, "storage_order", 0) !== 0) throw fault(site, "storage_order 1, expected row-major");
  const flat = (value: Value) => write.reshape(value, [sizeOf(value.shape)]);
  const nothing = write.zeros(x.dtype, [sizeOf(x.shape)]);
  const found = write.op("ScatterElements", [nothing, flat(site.output(1)), flat(g)], {
    reduction: { type: "string", value: "add" },
  });
  return write.reshape(found, x.shape);
}

/** By comparing every tap with the maximum; taps that are equal share the gradient. */
function byComparison(site: GradSite): Value {
  const { write } = site;
  const [x, y, g] = [inputOf(site, 0), outputOf(site), gradientOf(site)];
  const window = windowOf(site);
  const ends = window.sizes.map((size, axis) =>
    Math.max(0, spanOf(window, axis) - size - (window.begins[axis] as number)),
  );
  const padded = write.pad(single(write, x), [0, 0, ...window.begins], [0, 0, ...ends], -3e38);
  const [maximum, upstream] = [single(write, y), single(write, g)];
  const taps = sizeOf(window.kernel);
  const hits = Array.from({ length: taps }, (_, tap) => {
    const cuts = window.kernel.map((_, axis) => {
      const offset =
        Math.floor(tap / sizeOf(window.kernel.slice(axis + 1))) % (window.kernel[axis] as number);
      const start = offset * (window.dilations[axis] as number);
      const step = window.strides[axis] as number;
      return {
        axis: axis + 2,
        start,
        end: start + ((window.positions[axis] as number) - 1) * step + 1,
        step,
      };
    });
    return write.cast(write.test("Equal", write.slice(padded, cuts), maximum), g.dtype);
  });
  // [N · C, taps, …positions], each tap then put where it came from.
  const all = write.concat(hits, 1);
  const shared = write.mul(write.div(upstream, write.reduce("Sum", all, [1])), all);
  const places = Array.from({ length: taps * taps }, (_, i) => (i % (taps + 1) === 0 ? 1 : 0));
  const oneHot = write.constant(g.dtype, [taps, 1, ...window.kernel], places);
  return write.reshape(spread(write, shared, oneHot, window), x.shape);
}

/** The reduction of a whole plane: its axes. */
const plane = (x: Value) => spatial(x).map((_, i) => i + 2);

/** |x|^(p−1) · sign x · (y^(1−p) · g, spread): of (Σ |x|^p)^(1/p). Zero where the norm is. */
function norm(site: GradSite, p: number, back: (scaled: Value) => Value): Value {
  const { write } = site;
  const [x, y] = [inputOf(site, 0), outputOf(site)];
  const length = write.where(write.test("Equal", y, 0), 1, y);
  const scaled = p === 1 ? gradientOf(site) : write.div(gradientOf(site), write.pow(length, p - 1));
  if (p === 1) return write.mul(write.op("Sign", [x]), back(scaled));
  if (p === 2) return write.mul(x, back(scaled));
  const size = write.pow(write.op("Abs", [x]), p - 1);
  return write.mul(write.mul(write.op("Sign", [x]), size), back(scaled));
}

const orderOf = (site: GradSite) => intOf(site.node, "p", 2);

export const pools = {
  // ScatterElements adds from opset 16 on.
  MaxPool: (site) => [
    site.maxima === "indices" && site.write.opset >= 16 ? byIndices(site) : byComparison(site),
  ],
  AveragePool: averaged,
  LpPool: (site) => {
    const window = windowOf(site);
    return [norm(site, orderOf(site), (scaled) => covered(site.write, scaled, window))];
  },
  GlobalLpPool: (site) => {
    const { shape } = inputOf(site, 0);
    return [norm(site, orderOf(site), (scaled) => site.write.expand(scaled, shape))];
  },
  GlobalAveragePool: (site) => {
    const { shape } = inputOf(site, 0);
    const shared = site.write.mul(gradientOf(site), 1 / sizeOf(shape.slice(2)));
    return [site.write.expand(shared, shape)];
  },
  GlobalMaxPool: (site) => {
    const { write } = site;
    const [x, y, g] = [inputOf(site, 0), outputOf(site), gradientOf(site)];
    const hits = write.cast(write.test("Equal", x, y), x.dtype);
    return [write.mul(write.div(g, write.reduce("Sum", hits, plane(x))), hits)];
  },
} satisfies Partial<Record<OpType, GradRule>>;
