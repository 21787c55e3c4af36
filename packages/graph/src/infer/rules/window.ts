// Shape rules of convolutions and pools. Source: ONNX operators to opset 26; com.microsoft fused forms.

import type { DType } from "@bitscape/tensor";
import { intOf, intsOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { each, type InferRule, type Inferred, like, need, needValues, ranked } from "../rule.ts";
import { slide, unslide, windowOf } from "../window.ts";

/** [N, C, …] convolved with [M, C / group, …]. */
export function convolved(site: Parameters<InferRule>[0], x: Inferred, w: Inferred, dtype: DType): Inferred {
  const [n = 0, channels, ...sizes] = ranked(x, 3);
  const [m = 0, perGroup = 0, ...sides] = ranked(w, 3, "weight");
  const expected = perGroup * intOf(site.node, "group", 1);
  if (channels !== expected) throw new Error(`input 0: ${channels} channels, expected ${expected}`);
  const kernel = intsOf(site.node, "kernel_shape") ?? sides;
  return { dtype, shape: [n, m, ...slide(sizes, windowOf(site.node, kernel))] };
}

const conv: InferRule = (site) => {
  const x = need(site, 0);
  return [convolved(site, x, need(site, 1), x.dtype)];
};

const pool: InferRule = (site) => {
  const x = need(site, 0);
  const [n = 0, c = 0, ...sizes] = ranked(x, 3);
  const kernel = intsOf(site.node, "kernel_shape");
  if (!kernel) throw new Error("attribute kernel_shape: absent, expected one");
  const shape = [n, c, ...slide(sizes, windowOf(site.node, kernel))];
  return [like(x, shape), { dtype: "int64", shape }];
};

const globalPool: InferRule = (site) => {
  const x = need(site, 0);
  const shape = ranked(x, 2);
  return [
    like(
      x,
      shape.map((size, i) => (i < 2 ? size : 1)),
    ),
  ];
};

const transposed: InferRule = (site) => {
  const x = need(site, 0);
  const [n = 0, , ...sizes] = ranked(x, 3);
  const [, perGroup = 0, ...sides] = ranked(need(site, 1), 3, "weight");
  const window = windowOf(site.node, intsOf(site.node, "kernel_shape") ?? sides);
  return [like(x, [n, perGroup * intOf(site.node, "group", 1), ...unslide(site.node, sizes, window)])];
};

/** A rule for [N, …, C] run on [N, C, …]. */
export const channelsLast =
  (rule: InferRule): InferRule =>
  (site) => {
    const x = need(site, 0);
    const [n = 0, ...rest] = ranked(x, 3);
    const first = like(x, [n, rest.at(-1) as number, ...rest.slice(0, -1)]);
    return rule({ ...site, inputs: [first, ...site.inputs.slice(1)] }).map((output) => {
      if (!output) return undefined;
      const [batch = 0, channels = 0, ...sizes] = output.shape;
      return like(output, [batch, ...sizes, channels]);
    });
  };

/** QLinearConv: x, scale, zero, w, scale, zero, y scale, y zero, bias. */
const quantizedConv: InferRule = (site) => [
  convolved(site, need(site, 0), need(site, 3), need(site, 7).dtype),
];
const whereChannels =
  (rule: InferRule): InferRule =>
  (site) =>
    (intOf(site.node, "channels_last", 0) ? channelsLast(rule) : rule)(site);

const quantizedAverage: InferRule = (site) => pool(site).slice(0, 1);

export const windows = {
  ...each(["Conv", "com.microsoft.FusedConv"], conv),
  // The weight of the channels-last forms stays [M, C / group, …].
  ...each(["com.microsoft.NhwcConv", "com.microsoft.NhwcFusedConv"], channelsLast(conv)),
  ...each(["AveragePool", "MaxPool", "LpPool", "com.microsoft.MaxpoolWithMask"], pool),
  ...each(["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"], globalPool),
  "com.microsoft.NhwcMaxPool": channelsLast(pool),
  ...each(["ConvTranspose"], transposed),
  ...each(["QLinearConv"], quantizedConv),
  ...each(["com.microsoft.QLinearConv"], whereChannels(quantizedConv)),
  "com.microsoft.QLinearAveragePool": whereChannels(quantizedAverage),
  "com.microsoft.QLinearGlobalAveragePool": whereChannels(globalPool),

  ConvInteger: (site) => [convolved(site, need(site, 0), need(site, 1), "int32")],

  // x, w, offset, bias, mask: the offset is not needed, the geometry is that of Conv.
  DeformConv: conv,

  MaxUnpool: (site) => {
    const x = need(site, 0);
    if (site.inputs[2]) return [like(x, needValues(site, 2))];
    const [n = 0, c = 0, ...sizes] = ranked(x, 3);
    const window = windowOf(site.node, intsOf(site.node, "kernel_shape") ?? sizes.map(() => 1));
    return [like(x, [n, c, ...unslide(site.node, sizes, window)])];
  },

  MaxRoiPool: (site) => {
    const x = need(site, 0);
    const [rois = 0] = ranked(need(site, 1), 2, "rois");
    const pooled = intsOf(site.node, "pooled_shape") ?? [];
    return [like(x, [rois, ranked(x, 4)[1] as number, ...pooled])];
  },

  RoiAlign: (site) => {
    const x = need(site, 0);
    const [rois = 0] = ranked(need(site, 1), 2, "rois");
    const sizes = [intOf(site.node, "output_height", 1), intOf(site.node, "output_width", 1)];
    return [like(x, [rois, ranked(x, 4)[1] as number, ...sizes])];
  },

  Col2Im: (site) => {
    const x = need(site, 0);
    const [n = 0, columns = 0] = ranked(x, 2);
    const image = needValues(site, 1);
    const block = needValues(site, 2).reduce((a, b) => a * b, 1);
    return [like(x, [n, columns / block, ...image])];
  },
} satisfies Partial<Record<OpType, InferRule>>;
