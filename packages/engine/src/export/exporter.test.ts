// The probe is the file: what an exported file computes, in WebAssembly. The native build: packages/cli.

import {
  build,
  constantOf,
  decodeModel,
  encodedSize,
  encodeModel,
  int,
  type Model,
  type Node,
  opsetOf,
} from "@bitscape/graph";
import { floatToHalf, tensor } from "@bitscape/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openNetwork } from "../network/open.ts";
import { planRecipe } from "../plan/plan.ts";
import { Probe } from "../probe/probe.ts";
import { type LayerChoice, type Recipe, recipeKey } from "../recipe.ts";
import { parseRecipe } from "../recipeSchema.ts";
import { openSmall } from "../testing/data.ts";
import {
  activationCases,
  type Bench,
  benchOf,
  compareExport,
  differenceOf,
  faultOf,
  weightCases,
} from "../testing/exports.ts";
import {
  attentionNet,
  batchedNet,
  convNet,
  gemmNet,
  matMulNet,
  normals,
  residualNet,
  samplesOf,
  smallNet,
  smallNets,
  weight,
} from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { sizeReport } from "../views/summary.ts";
import { exportNetwork, RECIPE_KEY, type StoredTensor } from "./exporter.ts";

const schema = "bitscape/recipe/1" as const;

describe.each(smallNets)("$name", (net) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await benchOf(net, wasmRuntime);
  });
  afterAll(() => bench.probe.release());
  // Where ONNX Runtime fuses a sum into the convolution before it, it adds in another order.
  const exact = net !== residualNet;

  const tolerance = exact ? 0 : 1e-6;

  test.each([
    ["every weight format, granularity, symmetry and range rule", weightCases],
    ["every activation format, beside every way of storing weights", activationCases],
  ])("%s", async (_, cases) => {
    const faults: string[] = [];
    for (const each of cases) {
      const fault = faultOf(each, await compareExport(bench, each.recipe), tolerance);
      if (fault !== undefined) faults.push(fault);
    }
    expect(faults).toEqual([]);
  });

  test("the size report is the file's length, and its layers what their weights take", () => {
    for (const { recipe } of [...weightCases, ...activationCases].filter((_, i) => i % 4 === 0)) {
      const { network, ranges } = bench;
      const exported = exportNetwork(network, planRecipe(network, recipe, ranges), recipe);
      const report = sizeReport(network, exported);
      expect(report.bytes).toBe(encodeModel(exported.model).byteLength);
      expect(encodedSize(exported.model)).toBe(report.bytes);
      expect(report.layers.map(({ id }) => id)).toEqual(network.layers.map(({ id }) => id));
    }
  });

  test("ids of nodes survive, and the same recipe gives the same bytes", async () => {
    const { network, ranges } = bench;
    const ids = network.model.graph.nodes.map(({ id }) => id);
    for (const { recipe } of [weightCases[0], activationCases[0]] as typeof weightCases) {
      const write = () =>
        encodeModel(exportNetwork(network, planRecipe(network, recipe, ranges), recipe).model);
      const file = write();
      const read = decodeModel(file).graph.nodes.map(({ id }) => id);
      expect(read.filter((id) => ids.includes(id))).toEqual(ids);
      expect(write()).toEqual(file);
      const again = await openNetwork(file, wasmRuntime, { name: "again" });
      for (const output of network.model.graph.outputs) {
        expect(again.values.get(output.name)).toEqual(network.values.get(output.name));
      }
    }
  });
});

const recipeOf = (defaults: Recipe["defaults"]): Recipe => ({ schema, ...(defaults && { defaults }) });

test("the recipe travels in the file's metadata", async () => {
  const network = await openSmall(convNet, wasmRuntime);
  const recipe: Recipe = {
    schema,
    seed: 3,
    model: { name: network.name, sha256: network.sha256 },
    layers: { first: { weight: { format: "int4" } } },
  };
  const { model } = exportNetwork(network, planRecipe(network, recipe), recipe);
  const carried = decodeModel(encodeModel(model)).metadata.get(RECIPE_KEY);
  expect(carried).toBe(recipeKey(recipe));
  expect(parseRecipe(JSON.parse(carried as string))).toEqual(recipe);
});

describe("opsets are raised only as far as types need", () => {
  test.each<[string, Recipe["defaults"], number]>([
    ["nothing", undefined, 13],
    ["8 bits", { weight: { format: "int8" } }, 13],
    ["8 bits, affine by channel", { weight: { format: "uint8", symmetric: false } }, 13],
    ["8 bits in blocks", { weight: { format: "int8", granularity: { block: 16 } } }, 21],
    ["4 bits", { weight: { format: "int4" } }, 21],
    ["2 bits", { weight: { format: "uint2" } }, 25],
    ["3 bits, unpacked in the graph", { weight: { format: "int3" } }, 18],
    ["7 bits", { weight: { format: "uint7" } }, 18],
    ["16 bits", { weight: { format: "int16" } }, 21],
    ["16 bits, expanded", { weight: { format: "int16", memory: "expanded" } }, 13],
    ["4 bits, expanded", { weight: { format: "int4", memory: "expanded" } }, 18],
    ["8 bits in blocks, expanded", { weight: { granularity: { block: 16 }, memory: "expanded" } }, 13],
    ["float8", { weight: { format: "float8e4m3" } }, 19],
    ["float8 in blocks", { weight: { format: "float8e5m2", granularity: { block: 16 } } }, 21],
    ["bits", { weight: { format: "binary" } }, 18],
    ["trits", { weight: { format: "ternary" } }, 13],
    ["a table of 16", { weight: { format: "nf4" } }, 18],
    ["a table of 16, compact", { weight: { format: "nf4", memory: "compact" } }, 21],
    ["a table of 256", { weight: { format: "codebook(256)" } }, 13],
    ["nested bits", { weight: { format: "nested(4,8)" } }, 18],
    ["halves", { weight: { format: "bfloat16" } }, 13],
  ])("%s", async (_, defaults, opset) => {
    const network = await openSmall(convNet, wasmRuntime);
    const recipe = recipeOf(defaults);
    const exported = exportNetwork(network, planRecipe(network, recipe), recipe);
    expect([exported.opset, opsetOf(exported.model)]).toEqual([opset, opset]);
    expect(exported.warnings).toEqual(
      opset > 13 ? [`opset: raised from 13 to ${opset}, which the chosen types need`] : [],
    );
  });

  test.each([
    ["int8", 13],
    ["uint5", 13],
    ["float8e4m3", 19],
    ["uint16", 21],
  ])("%s activations: %i", async (format, opset) => {
    const { network, ranges, probe } = await benchOf(convNet, wasmRuntime);
    const recipe = recipeOf({ activation: { format } });
    expect(exportNetwork(network, planRecipe(network, recipe, ranges), recipe).opset).toBe(opset);
    await probe.release();
  });

  test("a model that is newer stays where it is", async () => {
    const newer = { ...convNet, model: { ...convNet.model, opsets: new Map([["", 23]]), irVersion: 11 } };
    const network = await openSmall(newer, wasmRuntime);
    const recipe = recipeOf({ weight: { format: "int4" } });
    const exported = exportNetwork(network, planRecipe(network, recipe), recipe);
    expect([exported.opset, exported.model.irVersion, exported.warnings]).toEqual([23, 11, []]);
  });
});

/** Bytes that a layer's weights take in an exported file, over those of its float weights. */
async function ratioOf(net: typeof convNet, layer: string, format: string): Promise<number> {
  const network = await openSmall(net, wasmRuntime);
  const recipe = parseRecipe({ schema, layers: { [layer]: { weight: { format, granularity: "tensor" } } } });
  const { tensors } = exportNetwork(network, planRecipe(network, recipe), recipe);
  const { bytes, elements } = tensors.find((each) => each.layer === layer) as StoredTensor;
  return bytes / (4 * elements);
}

test.each(["int2", "uint3", "int4", "int5", "uint6", "int7", "int8"])(
  "%s takes its bits and little more",
  async (format) => {
    const big = smallNet("big", {
      inputs: { x: { shape: [64] } },
      constants: [weight("w", [64, 501], 1)],
      nodes: [build.node("MatMul", ["x", "w"], ["y"], {}, "only")],
    });
    const bits = Number(format.replace(/\D/g, ""));
    const ratio = await ratioOf(big, "only", format);
    expect(ratio).toBeGreaterThanOrEqual(bits / 32);
    expect(ratio).toBeLessThan((bits / 32) * 1.02);
  },
);

describe("what ONNX Runtime would not compute as written is kept from it", () => {
  const readersOf = (model: Model, name: string) =>
    model.graph.nodes.find((node) => node.outputs.includes(name))?.op;
  const exported = async (net: typeof convNet, defaults: Recipe["defaults"]) => {
    const bench = await benchOf(net, wasmRuntime);
    const recipe = recipeOf(defaults);
    return exportNetwork(bench.network, planRecipe(bench.network, recipe, bench.ranges), recipe).model;
  };

  test("a weight-only MatMul or Gemm; not where an integer kernel runs", async () => {
    for (const [net, name] of [
      [matMulNet, "right"],
      [gemmNet, "w1"],
    ] as const) {
      expect(readersOf(await exported(net, { weight: { format: "int8" } }), name)).toBe("Reshape");
      expect(readersOf(await exported(net, { weight: { format: "int8" }, activation: {} }), name)).toBe(
        "DequantizeLinear",
      );
    }
  });

  test("2-bit weights of a Conv between quantizers, which would not load", async () => {
    const both = { weight: { format: "int2" }, activation: {} } as const;
    expect(readersOf(await exported(convNet, both), "w1")).toBe("Reshape");
    expect(readersOf(await exported(convNet, { weight: { format: "int2" } }), "w1")).toBe("DequantizeLinear");
  });

  test.each([
    ["float8e4m3", "Reshape"],
    ["int16", "Reshape"],
    // Codes in bytes are what integer kernels take.
    ["ternary", "DequantizeLinear"],
    ["int5", "DequantizeLinear"],
    // Folded to floats at load: they would be made int8.
    ["nf4", "Mul"],
    ["bfloat16", "Mul"],
  ])("%s weights of a Conv between quantizers", async (format, op) => {
    const model = await exported(convNet, { weight: { format }, activation: {} });
    expect(readersOf(model, "w1")).toBe(op);
    const { inputs } = model.graph.nodes.find((node) => node.outputs.includes("w1")) as Node;
    // Times a 1 that is not folded.
    if (op === "Mul") expect(readersOf(model, inputs[1] as string)).toBe("DequantizeLinear");
  });

  test("float weights between quantizers, which ONNX Runtime would make int8 itself", async () => {
    const { node } = build;
    const chain = smallNet("chain", {
      inputs: { x: { shape: [6, 6, 6] } },
      constants: [weight("u", [8, 6, 3, 3], 1), weight("v", [8, 8, 3, 3], 2), weight("w", [4, 8, 1, 1], 3)],
      nodes: [
        node("Conv", ["x", "u"], ["a"], {}, "one"),
        node("Relu", ["a"], ["r"], {}, "relu"),
        node("Conv", ["r", "v"], ["b"], {}, "two"),
        node("Conv", ["b", "w"], ["y"], {}, "three"),
      ],
    });
    const bench = await benchOf(chain, wasmRuntime);
    const {
      literal,
      deployed,
      exported: whole,
      file,
    } = await compareExport(bench, recipeOf({ activation: {} }));
    const makers = new Map(
      whole.model.graph.nodes.flatMap((each) => each.outputs.map((name) => [name, each.op])),
    );
    const feeders = ["one", "two", "three"].map((id) => {
      const { inputs } = whole.model.graph.nodes.find((each) => each.id === id) as Node;
      return makers.get(inputs[0] as string);
    });
    expect(feeders).toEqual(["Max", "Max", "DequantizeLinear"]);
    expect(["u", "v", "w"].every((name) => whole.model.graph.constants.has(name))).toBe(true);
    expect([literal.most, deployed.most < 1e-6]).toEqual([0, true]);
    expect(encodedSize(whole.model)).toBe(file.byteLength);
    // A weight that is quantized needs none, nor does one whose output stays float.
    const recipe: Recipe = {
      ...recipeOf({ activation: {} }),
      layers: { one: { weight: {} }, three: { activation: "float" } },
    };
    const mixed = await compareExport(bench, recipe);
    expect(readersOf(mixed.exported.model, "u")).toBe("DequantizeLinear");
    expect(mixed.exported.model.graph.nodes.every(({ op }) => op !== "Max")).toBe(true);
    expect(mixed.literal.most).toBe(0);
  });

  test("a stack of matrices with a scale a channel, which would not run", async () => {
    const both = (granularity: "channel" | "tensor") => ({ weight: { granularity }, activation: {} });
    expect(readersOf(await exported(batchedNet, both("channel")), "w")).toBe("Reshape");
    expect(readersOf(await exported(batchedNet, both("tensor")), "w")).toBe("DequantizeLinear");
  });
});

describe("the bias of a Gemm", () => {
  const opOf = (model: Model, name: string) => {
    const node = model.graph.nodes.find((each) => each.outputs.includes(name));
    return node && model.graph.constants.get(node.inputs[0] as string)?.dtype;
  };
  const written = async (net: typeof gemmNet, defaults: Recipe["defaults"]) => {
    const { network, ranges } = await benchOf(net, wasmRuntime);
    const recipe = recipeOf(defaults);
    return exportNetwork(network, planRecipe(network, recipe, ranges), recipe).model;
  };

  test("is int32 between 8-bit inputs and weights alone", async () => {
    const w8a8 = await written(gemmNet, { weight: {}, activation: {} });
    expect([opOf(w8a8, "b1"), opOf(w8a8, "b2")]).toEqual(["int32", "int32"]);
    for (const defaults of [
      { weight: {} },
      { activation: {} },
      { weight: { format: "int7" }, activation: {} },
      { weight: {}, activation: { format: "uint7" } },
      { weight: { granularity: { block: 8 } }, activation: {} },
    ] as Recipe["defaults"][]) {
      expect(opOf(await written(gemmNet, defaults), "b1")).toBeUndefined();
    }
  });

  test("stays float where another node reads it, where beta scales it, or where it is a matrix", async () => {
    const gemm = (c: readonly number[], nodes: readonly ReturnType<typeof build.node>[]) =>
      smallNet("gemm", {
        inputs: { x: { shape: [8] } },
        constants: [weight("w", [8, 4], 1), constantOf("c", tensor("float32", c, normals(3, c)))],
        nodes,
      });
    const { node } = build;
    const odd = [
      gemm([4], [node("Gemm", ["x", "w", "c"], ["a"], {}, "g"), node("Add", ["a", "c"], ["y"], {}, "s")]),
      gemm([4], [node("Gemm", ["x", "w", "c"], ["y"], { beta: { type: "float", value: 0.5 } }, "g")]),
      gemm([1, 4], [node("Gemm", ["x", "w", "c"], ["y"], {}, "g")]),
      gemm([1], [node("Gemm", ["x", "w", "c"], ["y"], {}, "g")]),
    ];
    for (const net of odd) {
      const bench = await benchOf(net, wasmRuntime);
      const { exported, literal, deployed } = await compareExport(
        bench,
        recipeOf({ weight: {}, activation: {} }),
      );
      expect(exported.model.graph.constants.has("c")).toBe(true);
      expect([literal.most, deployed.most < 1e-5]).toEqual([0, true]);
    }
  });
});

test("a table of 2-bit rows whose length is no multiple of four, and 4-bit ones of odd length", async () => {
  const odd = smallNet("odd", {
    inputs: { ids: { shape: [9], dtype: "int64", bound: 7 } },
    constants: [weight("table", [7, 49], 1, 1)],
    nodes: [build.node("Gather", ["table", "ids"], ["y"], { axis: int(0) }, "embed")],
  });
  const bench = await benchOf(odd, wasmRuntime);
  for (const format of ["int2", "uint3", "int4", "uint4", "int5"] as const) {
    for (const granularity of ["tensor", "channel", { block: 16 }] as const) {
      const { literal, deployed } = await compareExport(bench, recipeOf({ weight: { format, granularity } }));
      expect([format, granularity, literal.most, deployed.most]).toEqual([format, granularity, 0, 0]);
    }
  }
});

test("formats of activations and weights from layer to layer at will", async () => {
  const activations = ["uint8", "float8e4m3", "int16", "int8", "uint4", "float8e5m2", "uint16"];
  const weights = [
    "int8",
    "nf4",
    "ternary",
    "float8e4m3",
    "int4",
    "product(16,1)",
    "float16",
    "uint3",
    "float",
  ];
  for (const net of [convNet, residualNet, matMulNet, gemmNet, attentionNet]) {
    const bench = await benchOf(net, wasmRuntime);
    for (const turn of [0, 1, 2, 3, 4, 5, 6]) {
      const layers = bench.network.layers.map(({ id }, i): [string, LayerChoice] => {
        const weight = weights[(i + 2 * turn) % weights.length] as string;
        return [
          id,
          {
            weight: weight === "float" ? "float" : { format: weight },
            activation: { format: activations[(i + turn) % activations.length] as string },
          },
        ];
      });
      const { literal, deployed } = await compareExport(bench, {
        schema,
        layers: Object.fromEntries(layers),
      });
      expect([net.name, turn, literal.most <= 1e-5]).toEqual([net.name, turn, true]);
      // Integer kernels round ties the other way: a step of 16 in the narrowest here.
      expect(deployed.typical).toBeLessThan(0.2);
    }
    await bench.probe.release();
  }
});

test("float16 weights keep their type: scales are halves too", async () => {
  const halves = Uint16Array.from(normals(1, [40 * 6]), floatToHalf);
  const net = smallNet("half", {
    inputs: { x: { shape: [40], dtype: "float16" } },
    constants: [constantOf("w", { dtype: "float16", shape: [40, 6], data: halves })],
    nodes: [
      build.node("MatMul", ["x", "w"], ["h"], {}, "half"),
      build.node("Cast", ["h"], ["y"], { to: int(1) }),
    ],
  });
  const network = await openSmall(net, wasmRuntime);
  const probe = await Probe.load(network, wasmRuntime);
  const feeds = samplesOf(net, 3);
  const formats = [
    "int2",
    "int4",
    "uint5",
    "int8",
    "int16",
    "float8e4m3",
    "nf4",
    "fp(3,2)",
    "ternary",
    "binary",
  ];
  for (const format of [...formats, "codebook(16)", "product(16,4)", "nested(4,8)", "log(4)", "bfloat16"]) {
    for (const granularity of ["tensor", "channel", { block: 16 }] as const) {
      const recipe = recipeOf({ weight: { format, granularity, range: "mse" } });
      const plan = planRecipe(network, recipe);
      const { model } = exportNetwork(network, plan, recipe);
      const session = await wasmRuntime.load(encodeModel(model), { literal: true });
      const found = differenceOf(await probe.run(feeds, probe.settings(plan)), await session.run(feeds));
      await session.release();
      expect(found.most).toBe(0);
    }
  }
  await probe.release();
  const same = planRecipe(network, recipeOf({ weight: { format: "float16" } }));
  expect([same.weights.size, same.warnings]).toEqual([0, ["weight w: float16 already, left as it is"]]);
});

test("where the opset that has a type is out of reach, weights are bit-packed, and the file says so", async () => {
  // Upsample left ai.onnx with opset 10; nothing newer has its attributes, so this model cannot be raised past it
  // unless the rewrite knows how. Whatever it knows, the file must run.
  const old = smallNet("old", {
    inputs: { x: { shape: [4, 6, 6] } },
    opset: 9,
    constants: [weight("w", [4, 4, 3, 3], 1)],
    nodes: [
      build.node("Conv", ["x", "w"], ["a"], {}, "conv"),
      build.node("Upsample", ["a", "s"], ["y"], {}, "up"),
    ],
  });
  const scales = constantOf("s", tensor("float32", [4], [1, 1, 2, 2]));
  const graph = { ...old.model.graph, constants: new Map([...old.model.graph.constants, ["s", scales]]) };
  const bench = await benchOf({ ...old, model: { ...old.model, graph } }, wasmRuntime);
  const { literal, exported } = await compareExport(bench, recipeOf({ weight: { format: "int2" } }));
  expect(literal.most).toBe(0);
  expect(exported.warnings.join()).toContain(`opset: raised from 9 to ${exported.opset}`);
});
