// Gradients of normalizations: over the last axes, over groups of channels, over a sample's channel, over neighbouring
// channels, and by fixed statistics. Source: Ba, Kiros & Hinton, arXiv:1607.06450; Wu & He, arXiv:1803.08494;
// Zhang & Sennrich, arXiv:1910.07467; ONNX BatchNormalization 15 (inference), GroupNormalization 18 and 21, LRN 13.

import { floatOf, intOf, type OpType } from "@bitscape/graph";
import { normalizeAxis, sizeOf } from "@bitscape/tensor";
import {
  axisOf,
  fault,
  type GradRule,
  type GradSite,
  gradientOf,
  inputOf,
  outputOf,
  toInput,
} from "../site.ts";
import type { Value } from "../value.ts";
import type { Writer } from "../writer.ts";

interface Normalized {
  /** (x − mean) / deviation, or x / root mean square. */
  readonly unit: Value;
  /** The gradient of x from that of `unit`. */
  readonly back: (gradient: Value) => Value;
}

/** What is normalized over axes, without scale and bias. */
export function normalized(
  w: Writer,
  x: Value,
  axes: readonly number[],
  epsilon: number,
  centred: boolean,
): Normalized {
  const offset = centred ? w.sub(x, w.reduce("Mean", x, axes)) : x;
  const variance = w.reduce("Mean", w.mul(offset, offset), axes);
  const inverse = w.div(1, w.op("Sqrt", [w.add(variance, epsilon)]));
  const unit = w.mul(offset, inverse);
  const back = (gradient: Value) => {
    const along = w.mul(unit, w.reduce("Mean", w.mul(gradient, unit), axes));
    const across = centred ? w.sub(gradient, w.reduce("Mean", gradient, axes)) : gradient;
    return w.mul(w.sub(across, along), inverse);
  };
  return { unit, back };
}

/** Over the axes from `axis` on, scale and bias broadcast. */
function overLast(site: GradSite, x: Value, g: Value, epsilon: number, centred: boolean, axis: number) {
  const { write } = site;
  const axes = x.shape.map((_, i) => i).slice(axis);
  const { unit, back } = normalized(write, x, axes, epsilon, centred);
  const scaled = (scale: number) => (site.inputs[scale] ? write.mul(g, inputOf(site, scale)) : g);
  return { unit, back: (scale: number) => back(scaled(scale)) };
}

const layer =
  (centred: boolean, absent: number): GradRule =>
  (site) => {
    const [x, g] = [inputOf(site, 0), gradientOf(site)];
    const epsilon = floatOf(site.node, "epsilon", absent);
    const { unit, back } = overLast(site, x, g, epsilon, centred, axisOf(site, -1));
    return [
      site.wants(0) ? back(1) : undefined,
      site.inputs[1] && toInput(site, 1, () => site.write.mul(g, unit)),
      site.inputs[2] && toInput(site, 2, () => g),
    ];
  };

/** x + skip (+ bias), which is also the fourth output, normalized over the last axis. */
const skip =
  (centred: boolean): GradRule =>
  (site) => {
    const { write, node } = site;
    const [g, direct] = [site.upstream[0], site.upstream[3]];
    const biasAt = centred ? 4 : 3;
    const bias = site.inputs[biasAt];
    const joined = write.add(inputOf(site, 0), inputOf(site, 1));
    const x = bias ? write.add(joined, bias) : joined;
    const parts: Value[] = direct ? [direct] : [];
    let unit: Value | undefined;
    if (g) {
      const found = overLast(site, x, g, floatOf(node, "epsilon", 1e-12), centred, x.shape.length - 1);
      unit = found.unit;
      parts.push(found.back(2));
    }
    const total = parts.length === 2 ? write.op("Add", parts) : (parts[0] as Value);
    const gradients: (Value | undefined)[] = [toInput(site, 0, () => total), toInput(site, 1, () => total)];
    gradients[2] = g && unit && toInput(site, 2, () => write.mul(g, unit as Value));
    if (centred) gradients[3] = g && site.inputs[3] && toInput(site, 3, () => g);
    gradients[biasAt] = bias && toInput(site, biasAt, () => total);
    return gradients;
  };

/** [N, C, …] over `groups` groups of channels; scale and bias for each of `scales` equal runs of channels. */
function overGroups(site: GradSite, groups: number, scales: number, epsilon: number) {
  const { write } = site;
  const [x, scale, g] = [inputOf(site, 0), inputOf(site, 1), gradientOf(site)];
  const [n = 1, c = 1] = x.shape;
  // [N, runs, channels of a run · space]: coarse enough for the statistics, fine enough for the scales.
  const rest = sizeOf(x.shape) / n / c;
  const grouped = (value: Value) => write.reshape(value, [n, groups, (c / groups) * rest]);
  const run = (value: Value) => write.reshape(value, [n, scales, (c / scales) * rest]);
  const { unit, back } = normalized(write, grouped(x), [2], epsilon, true);
  const column = write.reshape(scale, [1, scales, 1]);
  // Space first, samples then: the samples may have to stay apart.
  const summed = (index: number, value: Value) => {
    const bySample = write.planeSums(run(value));
    return site.perSample(index) ? bySample : write.reduce("Sum", bySample, [0], false);
  };
  return [
    site.wants(0) ? write.reshape(back(grouped(write.mul(run(g), column))), x.shape) : undefined,
    site.wants(1) ? summed(1, write.mul(run(g), run(unit))) : undefined,
    site.wants(2) ? summed(2, g) : undefined,
  ];
}

/** scale · (x − mean) / √(variance + ε) + bias with fixed statistics: all five inputs may be asked for. */
const fixed: GradRule = (site) => {
  const { write, node } = site;
  if (intOf(node, "training_mode", 0) !== 0) throw fault(site, "training_mode 1, expected inference");
  const [x, g] = [inputOf(site, 0), gradientOf(site)];
  const channels = x.shape[1] as number;
  const column = (index: number) =>
    write.reshape(inputOf(site, index), [channels, ...x.shape.slice(2).map(() => 1)]);
  const inverse = write.div(1, write.op("Sqrt", [write.add(column(4), floatOf(node, "epsilon", 1e-5))]));
  const factor = write.mul(column(1), inverse);
  const offset = () => write.sub(x, column(3));
  const summed = (index: number, value: () => Value): Value | undefined => {
    if (!site.wants(index)) return undefined;
    const bySample = x.shape.length > 2 ? write.planeSums(value()) : value();
    return site.perSample(index) ? bySample : write.reduce("Sum", bySample, [0], false);
  };
  return [
    site.wants(0) ? write.mul(g, factor) : undefined,
    summed(1, () => write.mul(g, write.mul(offset(), inverse))),
    summed(2, () => g),
    summed(3, () => write.mul(-1, write.mul(g, factor))),
    summed(4, () =>
      write.mul(-0.5, write.mul(write.mul(g, offset()), write.mul(factor, write.mul(inverse, inverse)))),
    ),
  ];
};

/** x · S^(−β) with S = k + α/n · Σ x² over neighbouring channels: a product with a band matrix. */
const local: GradRule = (site) => {
  const { write, node } = site;
  const [x, y, g] = [inputOf(site, 0), outputOf(site), gradientOf(site)];
  const size = intOf(node, "size", 1);
  const alpha = floatOf(node, "alpha", 1e-4) / size;
  const beta = floatOf(node, "beta", 0.75);
  const channels = x.shape[1] as number;
  const before = Math.floor((size - 1) / 2);
  const band = (turned: boolean) =>
    write.constant(
      x.dtype,
      [channels, channels],
      Array.from({ length: channels * channels }, (_, i) => {
        const [row, column] = [Math.floor(i / channels), i % channels];
        const offset = turned ? row - column : column - row;
        return offset >= -before && offset <= size - 1 - before ? 1 : 0;
      }),
    );
  const rows = (value: Value) =>
    write.reshape(value, [x.shape[0] as number, channels, sizeOf(x.shape.slice(2))]);
  const squares = write.mul(rows(x), rows(x));
  const sums = write.add(floatOf(node, "bias", 1), write.mul(alpha, write.matMul(band(false), squares)));
  const through = write.matMul(band(true), write.div(write.mul(rows(g), rows(y)), sums));
  const direct = write.mul(rows(g), write.pow(sums, -beta));
  return [
    write.reshape(write.sub(direct, write.mul(write.mul(2 * alpha * beta, rows(x)), through)), x.shape),
  ];
};

export const normalizations = {
  LayerNormalization: layer(true, 1e-5),
  RMSNormalization: layer(false, 1e-5),
  SimplifiedLayerNormalization: layer(false, 1e-5),
  "com.microsoft.SkipLayerNormalization": skip(true),
  "com.microsoft.SkipSimplifiedLayerNormalization": skip(false),
  BatchNormalization: fixed,
  InstanceNormalization: (site) => {
    const channels = inputOf(site, 0).shape[1] as number;
    return overGroups(site, channels, channels, floatOf(site.node, "epsilon", 1e-5));
  },
  GroupNormalization: (site) => {
    const groups = intOf(site.node, "num_groups", 1);
    // One scale for each group until opset 21, for each channel since.
    const [scales = 1] = inputOf(site, 1).shape;
    return overGroups(site, groups, scales, floatOf(site.node, "epsilon", 1e-5));
  },
  // Without scale and bias, over the axes given.
  MeanVarianceNormalization: (site) => {
    const x = inputOf(site, 0);
    const given = site.node.attributes.get("axes");
    const axes = given?.type === "ints" ? given.value.map(Number) : [0, 2, 3];
    const rank = x.shape.length;
    const { back } = normalized(
      site.write,
      x,
      axes.map((axis) => normalizeAxis(axis, rank, "axes")),
      1e-9,
      true,
    );
    return [back(gradientOf(site))];
  },
  LRN: local,
  // x / ‖x‖
  LpNormalization: (site) => {
    const { write, node } = site;
    const [x, y, g] = [inputOf(site, 0), outputOf(site), gradientOf(site)];
    const axis = [axisOf(site, -1)];
    const along = write.reduce("Sum", write.mul(g, y), axis);
    if (intOf(node, "p", 2) === 2) {
      const length = write.op("Sqrt", [write.reduce("SumSquare", x, axis)]);
      return [write.div(write.sub(g, write.mul(y, along)), length)];
    }
    const length = write.reduce("Sum", write.op("Abs", [x]), axis);
    return [write.div(write.sub(g, write.mul(write.op("Sign", [x]), along)), length)];
  },
} satisfies Partial<Record<OpType, GradRule>>;
