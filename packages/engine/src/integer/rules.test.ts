// Every operator with an integer form, between two convolutions: integers alone in both forms, and the outputs within
// quantization noise of the float network's.

import {
  build,
  type Constant,
  constantOf,
  encodeModel,
  float,
  int,
  ints,
  type Node,
  string,
} from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { planRecipe } from "../plan/plan.ts";
import { presetRecipe } from "../recipe.ts";
import { benchOf, differenceOf } from "../testing/exports.ts";
import { integers, smallNet, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { exportInteger } from "./exportInteger.ts";
import { integerProof } from "./floatBetween.ts";
import { rules } from "./rules/table.ts";

const { node } = build;
const numbers = (name: string, values: readonly number[], shape: readonly number[] = []): Constant =>
  constantOf(name, tensor("float32", shape, values));

interface Case {
  /** What lies between "c", [N, 4, 6, 6] codes, and "d", which the second convolution reads. */
  readonly nodes: readonly Node[];
  readonly constants?: readonly Constant[];
  /** Channels of "d". */
  readonly channels?: number;
  readonly opset?: number;
}

const one = (
  op: string,
  attributes: Parameters<typeof node>[3] = {},
  constants: readonly Constant[] = [],
  more: Partial<Case> = {},
): Case => ({
  nodes: [node(op, ["c", ...constants.map(({ name }) => name)], ["d"], attributes, "between")],
  constants,
  ...more,
});

const unary =
  "Abs Elu Erf Exp HardSigmoid LeakyRelu Neg Relu Selu Sigmoid Softplus Softsign Tanh ThresholdedRelu";
const cases: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(unary.split(" ").map((op) => [op, one(op)])),
  HardSwish: one("HardSwish", {}, [], { opset: 14 }),
  Mish: one("Mish", {}, [], { opset: 18 }),
  Gelu: one("Gelu", {}, [], { opset: 20 }),
  "Gelu, tanh": one("Gelu", { approximate: string("tanh") }, [], { opset: 20 }),
  Swish: one("Swish", { alpha: float(1.5) }, [], { opset: 24 }),
  "LeakyRelu with a slope": one("LeakyRelu", { alpha: float(0.2) }),
  Clip: one("Clip", {}, [numbers("low", [-0.5]), numbers("high", [1])]),
  "Add of a number": one("Add", {}, [numbers("k", [0.7])]),
  "Add by channel": one("Add", {}, [numbers("k", [0.7, -0.2, 0.1, 2], [4, 1, 1])]),
  "Sub by channel": one("Sub", {}, [numbers("k", [0.7, -0.2, 0.1, 2], [1, 4, 1, 1])]),
  "Mul by a number": one("Mul", {}, [numbers("k", [-1.7])]),
  "Mul by channel": one("Mul", {}, [numbers("k", [0.7, 0.2, 0.1, 2], [4, 1, 1])]),
  Div: one("Div", {}, [numbers("k", [3])]),
  "Add of itself": { nodes: [node("Relu", ["c"], ["r"]), node("Add", ["c", "r"], ["d"])] },
  Sub: { nodes: [node("Relu", ["c"], ["r"]), node("Sub", ["c", "r"], ["d"])] },
  "Mul of two": { nodes: [node("Sigmoid", ["c"], ["r"]), node("Mul", ["c", "r"], ["d"])] },
  "decomposed hard swish": {
    nodes: [
      node("Add", ["c", "three"], ["a"]),
      node("Clip", ["a", "zero", "six"], ["b"]),
      node("Mul", ["c", "b"], ["m"]),
      node("Div", ["m", "six"], ["d"]),
    ],
    constants: [numbers("three", [3]), numbers("zero", [0]), numbers("six", [6])],
  },
  "squeeze and excite": {
    nodes: [
      node("GlobalAveragePool", ["c"], ["g"]),
      node("Conv", ["g", "u"], ["s"]),
      node("HardSigmoid", ["s"], ["h"]),
      node("Mul", ["c", "h"], ["d"]),
    ],
    constants: [weight("u", [4, 4, 1, 1], 9)],
  },
  MaxPool: one("MaxPool", { kernel_shape: ints([3, 3]), strides: ints([1, 1]), pads: ints([1, 1, 1, 1]) }),
  AveragePool: one("AveragePool", { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }),
  "AveragePool that counts its padding": one("AveragePool", {
    ...{ kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]), count_include_pad: int(1) },
  }),
  GlobalAveragePool: one("GlobalAveragePool"),
  ReduceMean: one("ReduceMean", { axes: ints([2, 3]) }),
  "ReduceMean with an input": one("ReduceMean", {}, [integers("axes", [2, 3])], { opset: 18 }),
  Concat: {
    nodes: [node("Sigmoid", ["c"], ["r"]), node("Concat", ["c", "r"], ["d"], { axis: int(1) })],
    channels: 8,
  },
  Pad: one("Pad", {}, [integers("pads", [0, 0, 1, 1, 0, 0, 1, 1])]),
  Slice: one("Slice", {}, [integers("starts", [1]), integers("ends", [5]), integers("axes", [2])]),
  Transpose: one("Transpose", { perm: ints([0, 1, 3, 2]) }),
  Reshape: one("Reshape", {}, [integers("shape", [0, 4, 4, 9])]),
  Identity: { nodes: [node("Identity", ["c"], ["i"]), node("Relu", ["i"], ["d"])] },
  Split: {
    nodes: [
      node("Split", ["c", "sizes"], ["left", "right"], { axis: int(1) }),
      node("Concat", ["right", "left"], ["d"], { axis: int(1) }),
    ],
    constants: [integers("sizes", [2, 2])],
  },
  Gather: one("Gather", { axis: int(1) }, [integers("places", [3, 2, 1, 0])]),
  DepthToSpace: one("DepthToSpace", { blocksize: int(2) }, [], { channels: 1 }),
  SpaceToDepth: one("SpaceToDepth", { blocksize: int(2) }, [], { channels: 16 }),
  Expand: {
    nodes: [node("GlobalAveragePool", ["c"], ["g"]), node("Expand", ["g", "shape"], ["d"])],
    constants: [integers("shape", [1, 4, 2, 2])],
  },
  Tile: one("Tile", {}, [integers("repeats", [1, 1, 2, 1])]),
  Resize: {
    nodes: [node("Resize", ["c", "", "scales"], ["d"], { mode: string("nearest") })],
    constants: [numbers("scales", [1, 1, 2, 2], [4])],
  },
  "Squeeze and Unsqueeze": {
    nodes: [
      node("GlobalAveragePool", ["c"], ["g"]),
      node("Squeeze", ["g", "last"], ["q"]),
      node("Unsqueeze", ["q", "last"], ["d"]),
    ],
    constants: [integers("last", [3])],
  },
  "Flatten, Gemm and back": {
    nodes: [
      node("Flatten", ["c"], ["f"]),
      node("Gemm", ["f", "g"], ["y2"], { transB: int(1) }),
      node("Reshape", ["y2", "shape"], ["d"]),
    ],
    constants: [weight("g", [16, 144], 4), integers("shape", [0, 4, 2, 2])],
  },
  "MatMul of two tensors": {
    nodes: [node("Relu", ["c"], ["r"]), node("MatMul", ["c", "r"], ["d"])],
  },
};

const forms: readonly Arithmetic[] = [{ kind: "integer" }, { kind: "integer", operators: "integer" }];

describe.each(Object.entries(cases))("%s", (name, { nodes, constants = [], channels = 4, opset = 13 }) => {
  test("is integers alone, and near the float network", async () => {
    const net = smallNet(name, {
      inputs: { x: { shape: [2, 6, 6] } },
      constants: [weight("w1", [4, 2, 3, 3], 1), weight("w2", [3, channels, 1, 1], 2), ...constants],
      nodes: [
        node("Conv", ["x", "w1"], ["c"], { pads: ints([1, 1, 1, 1]) }, "first"),
        ...nodes,
        node("Conv", ["d", "w2"], ["y"], {}, "last"),
      ],
      opset,
    });
    const bench = await benchOf(net, wasmRuntime);
    const { network, probe, feeds } = bench;
    const float = await probe.run(feeds, probe.settings());
    for (const arithmetic of forms) {
      const recipe = { ...presetRecipe("w8a8"), arithmetic };
      const plan = planRecipe(network, recipe, bench.ranges);
      const { model } = await exportInteger(network, plan, recipe, arithmetic);
      expect(integerProof(model, network.pins)).toMatchObject({ integerOnly: true });
      const session = await wasmRuntime.load(encodeModel(model));
      const { typical } = differenceOf(float, await session.run(feeds));
      await session.release();
      // What QDQ pairs would lose here (means are small beside what they are means of), and a few steps more.
      const simulated = differenceOf(float, await probe.run(feeds, probe.settings(plan))).typical;
      expect(typical).toBeLessThan(0.03 + 1.5 * simulated);
    }
    await probe.release();
  });
});

test("every rule is tried", () => {
  const tried = new Set([...Object.values(cases).flatMap(({ nodes }) => nodes.map(({ op }) => op)), "Conv"]);
  expect(Object.keys(rules).filter((op) => !tried.has(op))).toEqual([]);
});
