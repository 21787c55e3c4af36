import {
  build,
  constant as bytesConstant,
  constantOf as constant,
  decodeModel,
  encodeModel,
  linksOf,
  opsetOf,
} from "@bitscape/graph";
import { chooseQParams } from "@bitscape/quant";
import { type DType, type Tensor, tensor } from "@bitscape/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { activationFacts } from "../plan/activation.ts";
import { calibrate } from "../plan/calibrate.ts";
import { planRecipe } from "../plan/plan.ts";
import type { Recipe } from "../recipe.ts";
import type { Feeds, Runtime, Session } from "../runtime/runtime.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import { differenceOf } from "../testing/exports.ts";
import { normals, samplesOf, smallNet, smallNets, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { Probe, probeModel } from "./probe.ts";

const idle = async () => {};

function expectSame(a: Feeds, b: Feeds): void {
  expect(Object.keys(a)).toEqual(Object.keys(b));
  for (const [name, value] of Object.entries(a)) expect(value).toEqual(b[name]);
}

// Sums in another order: ONNX Runtime adds a residual to the convolution before it, which a quantizer in between
// prevents; and multiplies one row by a matrix differently where that is a constant.
const reordered = ["residual", "gemm"];

test.each(smallNets)("$name: everything off is the float network, bit for bit", async (net) => {
  const network = await openSmall(net, wasmRuntime);
  const float = await wasmRuntime.load(encodeModel(net.model));
  const probe = await Probe.load(network, wasmRuntime);
  for (const count of [1, 3]) {
    const samples = samplesOf(net, count);
    const [off, expected] = [await probe.run(samples, probe.settings()), await float.run(samples)];
    if (!reordered.includes(net.name)) expectSame(off, expected);
    expect(differenceOf(expected, off).most).toBeLessThan(1e-6);
  }
  await probe.release();
  await float.release();
});

test("what a plan switched on is off again without it", async () => {
  const net = smallNets[0] as (typeof smallNets)[number];
  const network = await openSmall(net, wasmRuntime);
  const probe = await Probe.load(network, wasmRuntime);
  const samples = samplesOf(net, 2);
  const ranges = await calibrate(network, smallDataset(net, 4), [0, 1, 2, 3], wasmRuntime, idle);
  const recipe: Recipe = {
    schema: "bitscape/recipe/1",
    defaults: { weight: { format: "int2" }, activation: {} },
  };
  const plan = planRecipe(network, recipe, ranges);
  const before = await probe.run(samples, probe.settings());
  const quantized = await probe.run(samples, probe.settings(plan));
  expect(quantized.y?.data).not.toEqual(before.y?.data);
  expectSame(await probe.run(samples, probe.settings()), before);
  await probe.release();
});

test("weights and switches are inputs; node ids and outputs stay", async () => {
  for (const net of smallNets) {
    const network = await openSmall(net, wasmRuntime);
    const { graph } = probeModel(network);
    const inputs = new Set(graph.inputs.map(({ name }) => name));
    for (const layer of network.layers) for (const { name } of layer.weights) expect(inputs).toContain(name);
    for (const point of network.points) {
      for (const what of ["scale", "low", "high", "on"])
        expect(inputs).toContain(`bitscape.${what}:${point.tensor}`);
    }
    expect(graph.outputs.map(({ name }) => name)).toEqual(net.model.graph.outputs.map(({ name }) => name));
    const ids = new Set(graph.nodes.map(({ id }) => id));
    for (const { id } of network.model.graph.nodes) expect(ids).toContain(id);
    expect([...linksOf(graph).constants.keys()].some((name) => inputs.has(name))).toBe(false);
  }
});

describe("a switched quantizer is QuantizeLinear and DequantizeLinear", () => {
  // A convolution by 1 shows its quantized input.
  const one = smallNet("one", {
    inputs: { x: { shape: [1, 64, 64] } },
    constants: [weight("w", [1, 1, 1, 1], 1), weight("v", [2, 1, 1, 1], 1)],
    nodes: [build.node("Conv", ["x", "v"], ["y"], {}, "conv")],
  });
  const reference = (dtype: DType, scale: number, zero: number): Promise<Session> => {
    const float8 = dtype.startsWith("float8");
    const graph = build.graph({
      nodes: [
        build.node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        build.node("DequantizeLinear", ["q", "s", "z"], ["d"]),
        build.node("Conv", ["d", "v"], ["y"]),
      ],
      inputs: [build.value("x", "float32", ["N", 1, 64, 64])],
      outputs: [build.value("y", "float32")],
      constants: [
        ...[...one.model.graph.constants.values()].filter(({ name }) => name === "v"),
        constant("s", tensor("float32", [], [scale])),
        float8 ? bytesConstant("z", dtype, [], Uint8Array.of(0)) : constant("z", tensor(dtype, [], [zero])),
      ],
    });
    return wasmRuntime.load(encodeModel(build.model(graph, 21)), { literal: true });
  };
  const values = normals(5, [1, 1, 64, 64], 3);
  // Ties, extremes, both zeros, and values beyond the range.
  for (const [i, x] of [0, -0, 0.5, 1.5, 2.5, -0.5, -1.5, 1e30, -1e30, 2 ** -140].entries()) values[i] = x;
  // Every half step of float8 above 1, and its subnormals.
  for (let i = 0; i < 128; i++) values[100 + i] = 2 ** (Math.floor(i / 16) - 9) * (1 + (i % 16) / 16);
  const samples = { x: { dtype: "float32", shape: [1, 1, 64, 64], data: values } as Tensor };
  let probe: Probe | undefined;
  afterAll(() => probe?.release());

  test.each([
    ["uint8", -4, 4],
    ["int8", -4, 4],
    ["uint8", 0, 3],
    ["int8", -2, 0.1],
    ["uint8", -127, 128],
    ["uint16", -4, 4],
    ["uint16", 0, 3],
    ["int16", -4, 4],
    ["int16", -0.001, 70_000],
    ["float8e4m3", -448, 448],
    ["float8e4m3", -3.7, 3.7],
    ["float8e5m2", -57344, 57344],
    ["float8e5m2", -1, 1],
  ] as const)("%s over [%f, %f]", async (format, low, high) => {
    const network = await openSmall(one, wasmRuntime);
    probe ??= await Probe.load(network, wasmRuntime);
    const facts = activationFacts(format);
    const params =
      facts.kind === "float8"
        ? { scale: [Math.fround(high / facts.most)], zeroPoint: [0] }
        : chooseQParams({ low: Float64Array.of(low), high: Float64Array.of(high) }, facts, false);
    const [scale, zeroPoint] = [params.scale[0] as number, params.zeroPoint[0] as number];
    const [point] = network.points;
    if (!point) throw new Error("no point");
    const plan = {
      weights: new Map(),
      points: new Map([[point.tensor, { point, format: facts, scale, zeroPoint }]]),
      warnings: [],
    };
    const found = await probe.run(samples, probe.settings(plan));
    const session = await reference(
      facts.kind === "float8" ? facts.dtype : (format as DType),
      scale,
      zeroPoint,
    );
    const expected = await session.run(samples);
    await session.release();
    // Signs of zero apart: −0 · s is 0 to everyone.
    expect(Array.from(found.y?.data as Float32Array, (x) => x + 0)).toEqual(
      Array.from(expected.y?.data as Float32Array, (x) => x + 0),
    );
    // A run of many batches from a cut gives the same.
    expect(await probe.runner(plan, 1)(samples, [0])).toEqual(found);
  });
});

test("the form of 8-bit integers stays at the network's opset; the other is loaded for plans that need it", async () => {
  const net = smallNets[0] as (typeof smallNets)[number];
  const network = await openSmall(net, wasmRuntime);
  expect([opsetOf(probeModel(network)), opsetOf(probeModel(network, "every"))]).toEqual([13, 21]);
  const loads: number[] = [];
  const counting: Runtime = {
    ...wasmRuntime,
    load: (file, options) => {
      loads.push(opsetOf(decodeModel(file as Uint8Array)));
      return wasmRuntime.load(file, options);
    },
  };
  const probe = await Probe.load(network, counting);
  const samples = samplesOf(net, 2);
  const ranges = await calibrate(network, smallDataset(net, 4), [0, 1, 2, 3], wasmRuntime, idle);
  const settings = (format: string) =>
    probe.settings(
      planRecipe(network, { schema: "bitscape/recipe/1", defaults: { activation: { format } } }, ranges),
    );
  const float = await probe.run(samples, probe.settings());
  for (const format of ["uint8", "uint4", "int8"]) await probe.run(samples, settings(format));
  expect(loads).toEqual([13]);
  const found = await probe.run(samples, settings("uint16"));
  await probe.run(samples, settings("float8e4m3"));
  expect(loads).toEqual([13, 21]);
  // 16 bits are as good as float here, and not float.
  const { most } = differenceOf(float, found);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(1e-3);
  await probe.release();
});
