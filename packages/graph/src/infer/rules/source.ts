// Shape rules of operators that make tensors from little or nothing: constants, shapes, ranges, random, signal
// windows and transforms. Source: ONNX operators to opset 26.

import { normalizeAxis } from "@bitscape/tensor";
import { floatOf, floatsOf, intOf, intsOf } from "../../attribute.ts";
import type { Constant } from "../../constant.ts";
import type { OpType } from "../../ops/names.ts";
import { knownConstant } from "../known.ts";
import { literal } from "../numbers.ts";
import {
  dim,
  dtypeFrom,
  each,
  type InferRule,
  type Inferred,
  like,
  need,
  needValues,
  ranked,
  type Site,
  valuesOf,
} from "../rule.ts";

/** The tensor of an attribute, if it has one. */
function tensorAt(site: Site, name: string): Constant | undefined {
  const attribute = site.node.attributes.get(name);
  return attribute?.type === "tensor" ? attribute.value : undefined;
}

function constantOf(site: Site): Inferred {
  const { node } = site;
  const whole = tensorAt(site, "value");
  if (whole) return knownConstant(whole);
  const ints = intsOf(node, "value_ints");
  const floats = floatsOf(node, "value_floats");
  const int = intOf(node, "value_int");
  if (ints) return literal("int64", [ints.length], ints);
  if (floats) return literal("float32", [floats.length], floats);
  if (int !== undefined) return literal("int64", [], [int]);
  if (node.attributes.has("value_float")) return literal("float32", [], [floatOf(node, "value_float", 0)]);
  if (node.attributes.has("value_string")) return { dtype: "string", shape: [] };
  const strings = node.attributes.get("value_strings");
  if (strings?.type === "strings") return { dtype: "string", shape: [strings.value.length] };
  throw new Error("attribute value: absent or sparse, expected a dense tensor");
}

const random: InferRule = (site) => [
  { dtype: dtypeFrom(site, "dtype", "float32"), shape: intsOf(site.node, "shape") ?? [] },
];
const randomLike: InferRule = (site) => {
  const x = need(site, 0);
  return [{ dtype: dtypeFrom(site, "dtype", x.dtype), shape: x.shape }];
};

const windowFunction: InferRule = (site) => [
  { dtype: dtypeFrom(site, "output_datatype", "float32"), shape: [needValues(site, 0)[0] ?? 0] },
];

const range: InferRule = (site) => {
  const [start = 0] = needValues(site, 0);
  const [limit = 0] = needValues(site, 1);
  const [delta = 1] = site.inputs[2] ? needValues(site, 2) : [1];
  if (delta === 0) throw new Error("delta: 0, expected anything else");
  return [like(need(site, 0), [Math.max(0, Math.ceil((limit - start) / delta))])];
};

export const sources = {
  Constant: (site) => [constantOf(site)],

  ConstantOfShape: (site) => [
    { dtype: tensorAt(site, "value")?.dtype ?? "float32", shape: needValues(site, 0) },
  ],

  Shape: (site) => {
    const { shape } = need(site, 0);
    const [from, to] = [intOf(site.node, "start", 0), intOf(site.node, "end", shape.length)];
    const part = shape.slice(from, to);
    return [literal("int64", [part.length], part)];
  },
  Size: (site) => [literal("int64", [], [need(site, 0).shape.reduce((a, b) => a * b, 1)])],

  ...each(["Range", "com.microsoft.Range"], range),

  EyeLike: (site) => {
    const x = need(site, 0);
    return [{ dtype: dtypeFrom(site, "dtype", x.dtype), shape: ranked(x, 2) }];
  },

  ...each(["RandomNormal", "RandomUniform"], random),
  ...each(["RandomNormalLike", "RandomUniformLike"], randomLike),
  ...each(["BlackmanWindow", "HammingWindow", "HannWindow"], windowFunction),

  MelWeightMatrix: (site) => {
    const [mels = 0] = needValues(site, 0);
    const [length = 0] = needValues(site, 1);
    return [
      {
        dtype: dtypeFrom(site, "output_datatype", "float32"),
        shape: [Math.floor(length / 2) + 1, mels],
      },
    ];
  },

  DFT: (site) => {
    const x = need(site, 0);
    const at = intOf(site.node, "axis") ?? valuesOf(site, 2)?.[0] ?? (site.opset < 20 ? 1 : -2);
    const axis = normalizeAxis(at, x.shape.length, "axis");
    const onesided = intOf(site.node, "onesided", 0) !== 0;
    const back = onesided && intOf(site.node, "inverse", 0) !== 0;
    const size = dim(x.shape, axis);
    const length = valuesOf(site, 1)?.[0] ?? (back ? 2 * (size - 1) : size);
    const bins = onesided && !back ? Math.floor(length / 2) + 1 : length;
    return [like(x, x.shape.with(axis, bins).with(-1, back ? 1 : 2))];
  },

  STFT: (site) => {
    const x = need(site, 0);
    const [batch = 0, samples = 0] = ranked(x, 2);
    const [step = 1] = needValues(site, 1);
    const length = valuesOf(site, 3)?.[0] ?? site.inputs[2]?.shape[0] ?? samples;
    const frames = Math.floor((samples - length) / step) + 1;
    const bins = intOf(site.node, "onesided", 1) ? Math.floor(length / 2) + 1 : length;
    return [like(x, [batch, frames, bins, 2])];
  },
} satisfies Partial<Record<OpType, InferRule>>;
