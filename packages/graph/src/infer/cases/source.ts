// Cases of rules that make tensors, quantize them or transform signals, and their values.

import { onnxNumber, type tensor } from "@bitscape/tensor";
import { float, floats, int, ints, string, tensorAttribute } from "../../attribute.ts";
import { constantOf } from "../../constant.ts";
import type { OpType } from "../../ops/names.ts";
import { type Case, filled, long, longs, rule } from "./case.ts";

const attribute = (value: ReturnType<typeof tensor>) => ({ value: tensorAttribute(constantOf("", value)) });
const scalar = filled("float32", []);
const zero = filled("uint8", []);
const random: readonly OpType[] = ["RandomNormal", "RandomUniform"];
const randomLike: readonly OpType[] = ["RandomNormalLike", "RandomUniformLike"];
const windows: readonly OpType[] = ["BlackmanWindow", "HammingWindow", "HannWindow"];
const double = { dtype: int(onnxNumber("float64")) };

export const sourceCases: readonly Case[] = [
  rule("Constant", [], ["int64[2] = 3, 4"], attribute(longs(3, 4))),
  rule("Constant", [], ["int64[2] = 3, 4"], { value_ints: ints([3, 4]) }),
  rule("Constant", [], ["float32[] = 0.5"], { value_float: float(0.5) }),
  rule("Constant", [], ["float32[1] = 0.5"], { value_floats: floats([0.5]) }),
  rule("Constant", [], ["int64[] = 7"], { value_int: int(7) }),
  rule("Constant", [], ["string[]"], { value_string: string("a") }),
  rule("Constant", [], ["string[1]"], { value_strings: { type: "strings", value: ["a"] } }),
  rule("ConstantOfShape", [longs(2)], ["float32[2] = 0, 0"]),
  rule("ConstantOfShape", [longs(2)], ["int64[2] = 5, 5"], attribute(longs(5))),
  rule("Shape", ["float32[2, 3, 4]"], ["int64[3] = 2, 3, 4"]),
  rule("Shape", ["float32[2, 3, 4]"], ["int64[1] = 3"], { start: int(1), end: int(-1) }),
  rule("Size", ["float32[2, 3, 4]"], ["int64[] = 24"]),
  rule("Range", [long(1), long(8), long(3)], ["int64[3] = 1, 4, 7"]),
  rule("Range", [long(3), long(0), long(-2)], ["int64[2] = 3, 1"]),
  rule("com.microsoft.Range", [long(1), long(8), long(3)], ["int64[3] = 1, 4, 7"]),
  rule("EyeLike", ["int32[2, 3]"], ["float64[2, 3]"], double),
  ...random.map((op) => rule(op, [], ["float64[2, 3]"], { ...double, shape: ints([2, 3]) })),
  ...randomLike.map((op) => rule(op, ["float32[2, 3]"], ["float32[2, 3]"])),
  ...windows.map((op) => rule(op, [long(8)], ["float32[8]"])),
  rule(
    "MelWeightMatrix",
    [long(8), long(16), long(8192), scalar, filled("float32", [], 4000)],
    ["float32[9, 8]"],
  ),
  rule("DFT", ["float32[1, 10, 9, 1]"], ["float32[1, 10, 9, 2]"]),
  rule("DFT", ["float32[1, 10, 9, 1]", "", long(1)], ["float32[1, 6, 9, 2]"], { onesided: int(1) }),
  rule("DFT", ["float32[1, 10, 1]", long(16)], ["float32[1, 9, 2]"], { onesided: int(1) }, 17),
  rule("STFT", ["float32[1, 128, 1]", long(8), "float32[16]"], ["float32[1, 15, 9, 2]"]),
  rule("STFT", ["float32[1, 128, 1]", long(8), "", long(16)], ["float32[1, 15, 16, 2]"], {
    onesided: int(0),
  }),

  rule("QuantizeLinear", ["float32[2, 3]", scalar], ["uint8[2, 3]"]),
  rule("QuantizeLinear", ["float32[2, 3]", scalar, filled("int8", [])], ["int8[2, 3]"]),
  rule("QuantizeLinear", ["float32[2, 3]", scalar], ["int16[2, 3]"], {
    output_dtype: int(onnxNumber("int16")),
  }),
  rule("DequantizeLinear", ["int8[2, 3]", scalar], ["float32[2, 3]"]),
  rule("DequantizeLinear", ["int8[2, 3]", "float16[]"], ["float16[2, 3]"]),
  rule("DynamicQuantizeLinear", ["float32[2, 3]"], ["uint8[2, 3]", "float32[]", "uint8[]"]),
  rule("com.microsoft.QuantizeLinear", ["float32[2, 3]", scalar, zero], ["uint8[2, 3]"]),
  rule("com.microsoft.DequantizeLinear", ["uint8[2, 3]", scalar, zero], ["float32[2, 3]"]),
  ...(["com.microsoft.QLinearAdd", "com.microsoft.QLinearMul"] as const).map((op) =>
    rule(op, ["uint8[2, 1]", scalar, zero, "uint8[3]", scalar, zero, scalar, zero], ["uint8[2, 3]"]),
  ),
  ...(["com.microsoft.QLinearSigmoid", "com.microsoft.QLinearLeakyRelu"] as const).map((op) =>
    rule(op, ["uint8[2, 3]", scalar, zero, scalar, zero], ["uint8[2, 3]"]),
  ),
  rule(
    "com.microsoft.QLinearWhere",
    ["bool[2, 1]", "uint8[3]", scalar, zero, "uint8[1]", scalar, zero, scalar, zero],
    ["uint8[2, 3]"],
  ),
];
