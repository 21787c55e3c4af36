// Gradients of Conv and ConvTranspose, of 1 to 3 spatial axes, any group. Each is the other's gradient for its data;
// that for the weights is in convolutionWeight.ts. Source: Dumoulin & Visin, arXiv:1603.07285, ch. 4; ONNX Conv 11.

import { int, intOf, ints, type OpType } from "@bitscape/graph";
import { type GradRule, type GradSite, gradientOf, inputOf } from "../site.ts";
import type { Value } from "../value.ts";
import { reachOf, spanOf, type Window, windowAt } from "../window.ts";
import type { Writer } from "../writer.ts";
import { weightGradient } from "./convolutionWeight.ts";

const spatial = (x: Value) => x.shape.slice(2);

/** Every position of the small side spread over the large one by the weights [C, M / group, …kernel]. */
export function spread(w: Writer, g: Value, weight: Value, window: Window, group = 1): Value {
  // What the windows cover, less what is asked for, is cut at the end; what they do not reach is padded.
  const over = window.kernel.map(
    (_, axis) => spanOf(window, axis) - (window.begins[axis] as number) - (window.sizes[axis] as number),
  );
  return w.op("ConvTranspose", [g, weight], {
    ...frame(window, group),
    pads: ints([...window.begins, ...over.map((excess) => Math.max(0, excess))]),
    output_padding: ints(over.map((excess) => Math.max(0, -excess))),
  });
}

function frame({ strides, dilations, kernel }: Window, group: number) {
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    group: int(group),
  };
}

/** Weights [M, C / group, …] as those of the convolution that goes back: [C, M / group, …], turned round in space. */
function turnedRound(w: Writer, weight: Value, group: number): Value {
  const [m = 0, c = 0, ...kernel] = weight.shape;
  const axes = kernel.map((_, i) => i + 2);
  const flipped = w.flip(weight, axes);
  if (c === 1 && m === group) return flipped;
  if (group === 1) return w.transpose(flipped, [1, 0, ...axes]);
  const split = w.reshape(flipped, [group, m / group, c, ...kernel]);
  const exchanged = w.transpose(split, [0, 2, 1, ...axes.map((axis) => axis + 1)]);
  return w.reshape(exchanged, [group * c, m / group, ...kernel]);
}

/** The gradient of a convolution's data. At stride 1 a convolution is the fastest way (measured 1 to 3 times). */
function dataGradient(w: Writer, g: Value, weight: Value, window: Window, group: number): Value {
  const begins = window.kernel.map((_, axis) => reachOf(window, axis) - 1 - (window.begins[axis] as number));
  const ends = window.kernel.map(
    (_, axis) =>
      (window.sizes[axis] as number) -
      (window.positions[axis] as number) -
      (begins[axis] as number) +
      reachOf(window, axis) -
      1,
  );
  const plain = window.strides.every((stride) => stride === 1);
  if (!plain || [...begins, ...ends].some((amount) => amount < 0)) {
    return spread(w, g, weight, window, group);
  }
  return w.op("Conv", [g, turnedRound(w, weight, group)], {
    ...frame(window, group),
    pads: ints([...begins, ...ends]),
  });
}

/** The large side gathered by windows: a convolution whose positions are exactly the window's. */
function gathered(w: Writer, x: Value, weight: Value, window: Window, group: number): Value {
  const ends = window.kernel.map(
    (_, axis) => spanOf(window, axis) - (window.begins[axis] as number) - (window.sizes[axis] as number),
  );
  const found = w.op("Conv", [x, weight], {
    ...frame(window, group),
    pads: ints([...window.begins, ...ends.map((amount) => Math.max(0, amount))]),
  });
  const cuts = window.positions.map((end, axis) => ({ axis: axis + 2, start: 0, end }));
  return w.slice(found, cuts);
}

/** Σ over space, and over samples where they are not kept apart. */
function biasGradient(site: GradSite, g: Value): Value {
  const sums = site.write.planeSums(g);
  return site.perSample(2) ? sums : site.write.reduce("Sum", sums, [0], false);
}

const groupOf = (site: GradSite) => intOf(site.node, "group", 1);

const convolution: GradRule = (site) => {
  const { write } = site;
  const [x, weight, g] = [inputOf(site, 0), inputOf(site, 1), gradientOf(site)];
  const window = windowAt(site.node, spatial(weight), spatial(x), spatial(g));
  return [
    site.wants(0) ? dataGradient(write, g, weight, window, groupOf(site)) : undefined,
    site.wants(1) ? weightGradient(write, x, g, window, groupOf(site), site.perSample(1)) : undefined,
    site.wants(2) ? biasGradient(site, g) : undefined,
  ];
};

const transposed: GradRule = (site) => {
  const { write } = site;
  const [x, weight, g] = [inputOf(site, 0), inputOf(site, 1), gradientOf(site)];
  const window = windowAt(site.node, spatial(weight), spatial(g), spatial(x));
  return [
    site.wants(0) ? gathered(write, g, weight, window, groupOf(site)) : undefined,
    // The two sides change places.
    site.wants(1) ? weightGradient(write, g, x, window, groupOf(site), site.perSample(1)) : undefined,
    site.wants(2) ? biasGradient(site, g) : undefined,
  ];
};

export const convolutions = {
  Conv: convolution,
  ConvTranspose: transposed,
} satisfies Partial<Record<OpType, GradRule>>;
