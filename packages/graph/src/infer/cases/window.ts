// Cases of convolutions and pools.

import { type Attribute, int, ints, string } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { type Case, filled, longs, reals, rule } from "./case.ts";

const image = "float32[1, 4, 8, 9]";
const square = { kernel_shape: ints([3, 3]) };
const global: readonly OpType[] = ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"];
const pools: readonly OpType[] = ["AveragePool", "LpPool", "MaxPool"];
const uint8 = (...shape: number[]) => filled("uint8", shape);

function pooled(shape: string, output: string, attributes: Record<string, Attribute>): Case {
  return rule("MaxPool", [shape], [output], attributes);
}

export const windowCases: readonly Case[] = [
  rule("Conv", [image, "float32[6, 4, 3, 3]"], ["float32[1, 6, 6, 7]"]),
  rule("Conv", [image, "float32[6, 2, 3, 3]"], ["float32[1, 6, 4, 4]"], {
    group: int(2),
    strides: ints([2, 2]),
    pads: ints([1, 0, 1, 0]),
  }),
  rule("Conv", [image, "float32[6, 4, 3, 3]"], ["float32[1, 6, 4, 5]"], { dilations: ints([2, 2]) }),
  rule("Conv", [image, "float32[6, 4, 3, 3]"], ["float32[1, 6, 3, 3]"], {
    auto_pad: string("SAME_UPPER"),
    strides: ints([3, 3]),
  }),
  rule("Conv", ["float32[2, 3, 10]", "float32[5, 3, 4]"], ["float32[2, 5, 7]"]),
  rule("ConvInteger", ["uint8[1, 4, 8, 9]", uint8(6, 4, 3, 3)], ["int32[1, 6, 6, 7]"]),
  rule("ConvTranspose", [image, "float32[4, 6, 3, 3]"], ["float32[1, 6, 10, 11]"]),
  rule("ConvTranspose", [image, "float32[4, 6, 3, 3]"], ["float32[1, 12, 16, 18]"], {
    group: int(2),
    strides: ints([2, 2]),
    pads: ints([1, 1, 1, 1]),
    output_padding: ints([1, 1]),
  }),
  rule("ConvTranspose", [image, "float32[4, 6, 3, 3]"], ["float32[1, 6, 16, 18]"], {
    strides: ints([2, 2]),
    output_shape: ints([16, 18]),
  }),
  rule("ConvTranspose", [image, "float32[4, 6, 3, 3]"], ["float32[1, 6, 16, 18]"], {
    strides: ints([2, 2]),
    auto_pad: string("SAME_LOWER"),
  }),
  rule("DeformConv", [image, "float32[6, 4, 3, 3]", "float32[1, 18, 6, 7]"], ["float32[1, 6, 6, 7]"]),
  ...pools.map((op) => rule(op, [image], ["float32[1, 4, 6, 7]"], square)),
  rule("MaxPool", [image], ["float32[1, 4, 6, 7]", "int64[1, 4, 6, 7]"], square),
  pooled(image, "float32[1, 4, 3, 4]", { ...square, strides: ints([2, 2]) }),
  pooled(image, "float32[1, 4, 4, 4]", { ...square, strides: ints([2, 2]), ceil_mode: int(1) }),
  // A window that would start in the right padding is dropped.
  pooled("float32[1, 1, 5, 5]", "float32[1, 1, 2, 2]", {
    kernel_shape: ints([2, 2]),
    strides: ints([3, 3]),
    pads: ints([1, 1, 1, 1]),
    ceil_mode: int(1),
  }),
  pooled(image, "float32[1, 4, 4, 5]", { ...square, strides: ints([2, 2]), auto_pad: string("SAME_UPPER") }),
  ...global.map((op) => rule(op, [image], ["float32[1, 4, 1, 1]"])),
  rule("MaxUnpool", ["float32[1, 1, 2, 2]", filled("int64", [1, 1, 2, 2])], ["float32[1, 1, 4, 4]"], {
    kernel_shape: ints([2, 2]),
    strides: ints([2, 2]),
  }),
  rule(
    "MaxUnpool",
    ["float32[1, 1, 2, 2]", filled("int64", [1, 1, 2, 2]), longs(1, 1, 5, 5)],
    ["float32[1, 1, 5, 5]"],
    { kernel_shape: ints([2, 2]), strides: ints([2, 2]) },
  ),
  rule("MaxRoiPool", [image, filled("float32", [3, 5], 0)], ["float32[3, 4, 2, 3]"], {
    pooled_shape: ints([2, 3]),
  }),
  rule("RoiAlign", [image, "float32[3, 4]", filled("int64", [3], 0)], ["float32[3, 4, 2, 3]"], {
    output_height: int(2),
    output_width: int(3),
  }),
  rule("Col2Im", ["float32[1, 8, 4]", longs(4, 5), longs(2, 2)], ["float32[1, 2, 4, 5]"], {
    pads: ints([0, 0, 0, 0]),
    strides: ints([2, 2]),
  }),
  rule(
    "QLinearConv",
    ["uint8[1, 4, 8, 9]", reals(1), uint8(1), uint8(6, 4, 3, 3), reals(1), uint8(1), reals(1), uint8(1)],
    ["uint8[1, 6, 6, 7]"],
  ),
  rule(
    "com.microsoft.QLinearConv",
    ["uint8[1, 8, 9, 4]", reals(1), uint8(1), uint8(6, 4, 3, 3), reals(1), uint8(1), reals(1), uint8(1)],
    ["uint8[1, 6, 7, 6]"],
    { channels_last: int(1) },
  ),
  rule("com.microsoft.FusedConv", [image, "float32[6, 4, 3, 3]"], ["float32[1, 6, 6, 7]"], {
    activation: string("Relu"),
  }),
  rule("com.microsoft.NhwcConv", ["float32[1, 8, 9, 4]", "float32[6, 4, 3, 3]"], ["float32[1, 6, 7, 6]"]),
  rule(
    "com.microsoft.NhwcFusedConv",
    ["float32[1, 8, 9, 4]", "float32[6, 4, 3, 3]"],
    ["float32[1, 6, 7, 6]"],
  ),
  rule("com.microsoft.NhwcMaxPool", ["uint8[1, 8, 9, 4]"], ["uint8[1, 6, 7, 4]"], square),
  rule(
    "com.microsoft.MaxpoolWithMask",
    [image, filled("int32", [1, 4, 8, 9])],
    ["float32[1, 4, 6, 7]"],
    square,
  ),
  rule(
    "com.microsoft.QLinearAveragePool",
    ["uint8[1, 8, 9, 4]", filled("float32", []), uint8(), filled("float32", []), uint8()],
    ["uint8[1, 6, 7, 4]"],
    { ...square, channels_last: int(1) },
  ),
  rule(
    "com.microsoft.QLinearGlobalAveragePool",
    ["uint8[1, 4, 8, 9]", filled("float32", []), uint8(), filled("float32", []), uint8()],
    ["uint8[1, 4, 1, 1]"],
    { channels_last: int(0) },
  ),
];
