import { build, constantOf, ints } from "@bitscape/graph";
import { addValues, emptyHistogram } from "@bitscape/quant";
import { tensor } from "@bitscape/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { Network } from "../network/network.ts";
import type { LayerChoice, Recipe } from "../recipe.ts";
import { openSmall } from "../testing/data.ts";
import { attentionNet, convNet, normals, residualNet, smallNet, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { planRecipe, type Ranges } from "./plan.ts";

const recipeOf = (layers: Record<string, LayerChoice>, defaults?: Recipe["defaults"]): Recipe => ({
  schema: "bitscape/recipe/1",
  ...(defaults && { defaults }),
  layers,
});

/** Standard normal values everywhere. */
function rangesOf(network: Network): Ranges {
  return new Map(
    network.points.map(({ tensor: name }, i) => {
      const histogram = emptyHistogram();
      addValues(histogram, normals(i, [1000]));
      return [name, histogram];
    }),
  );
}

let attention: Network;
let residual: Network;
let conv: Network;

beforeAll(async () => {
  [attention, residual, conv] = (await Promise.all(
    [attentionNet, residualNet, convNet].map((net) => openSmall(net, wasmRuntime)),
  )) as [Network, Network, Network];
});

test("a float recipe plans nothing", () => {
  for (const recipe of [
    recipeOf({}),
    recipeOf({ head: "float" }, { weight: "float", activation: "float" }),
  ]) {
    const plan = planRecipe(conv, recipe);
    expect([plan.weights.size, plan.points.size, plan.warnings]).toEqual([0, 0, []]);
  }
});

test("defaults reach every weight and point; one layer may stay float", () => {
  const plan = planRecipe(
    conv,
    recipeOf({ second: "float" }, { weight: { format: "int4" }, activation: { format: "uint8" } }),
    rangesOf(conv),
  );
  expect([...plan.weights.keys()]).toEqual(["w1", "w3"]);
  expect([...plan.points.keys()]).toEqual(["x", "r2", "p"]);
  expect(plan.weights.get("w1")?.scheme).toEqual({
    format: "int4",
    granularity: "channel",
    symmetric: true,
    range: "minmax",
  });
});

describe("granularity", () => {
  const planned = (network: Network, name: string, granularity: "tensor" | "channel" | { block: number }) => {
    const { weights } = planRecipe(network, recipeOf({}, { weight: { granularity } }));
    const { shape, grouping } = weights.get(name) as NonNullable<ReturnType<typeof weights.get>>;
    return { shape, grouping };
  };

  test("blocks run over a convolution's flattened kernel", () => {
    expect(planned(conv, "w2", { block: 16 })).toEqual({
      shape: [12, 72],
      grouping: { kind: "block", axis: 1, size: 16 },
    });
    expect(planned(conv, "w2", "channel")).toEqual({
      shape: [12, 8, 3, 3],
      grouping: { kind: "channel", axis: 0 },
    });
    expect(planned(conv, "w2", "tensor")).toEqual({ shape: [12, 8, 3, 3], grouping: { kind: "tensor" } });
  });

  test("blocks of which no two fit in a channel are per channel", () => {
    expect(planned(conv, "w3", { block: 32 }).grouping).toEqual({ kind: "channel", axis: 0 });
    expect(planned(conv, "w1", { block: 14 }).grouping).toEqual({ kind: "channel", axis: 0 });
    expect(planned(conv, "w1", { block: 13 }).grouping).toEqual({ kind: "block", axis: 1, size: 13 });
  });
});

describe("blocks of a product that fit some layers only", () => {
  // w1 has 27 weights a filter, w2 72.
  const product = { format: "product(16,8)" } as const;

  test("asked of all: the others are left float, which is said", () => {
    const { weights, warnings } = planRecipe(conv, recipeOf({}, { weight: product }));
    expect(weights.has("w2")).toBe(true);
    expect(weights.has("w1")).toBe(false);
    expect(warnings.filter((each) => each.endsWith("left float")).length).toBeGreaterThan(0);
  });

  test("asked of a layer that they do not fit: refused by its name", () => {
    const layer = conv.layers.find(({ weights }) => weights.some(({ name }) => name === "w1"))?.id ?? "";
    expect(() => planRecipe(conv, recipeOf({ [layer]: { weight: product } }))).toThrow(`layer ${layer}: `);
  });
});

describe("a tensor that several layers read is one decision", () => {
  // x feeds the three projections.
  const scaleOf = (layers: Record<string, LayerChoice>, defaults?: Recipe["defaults"]) => {
    const plan = planRecipe(attention, recipeOf(layers, defaults), rangesOf(attention));
    return { bits: plan.points.get("x")?.format.bits, warnings: plan.warnings };
  };

  test("any of them decides", () => {
    for (const id of ["q_project", "k_project", "v_project"]) {
      expect(scaleOf({ [id]: { activation: { format: "uint4" } } })).toEqual({ bits: 4, warnings: [] });
    }
  });

  test("the same wish twice is no conflict; one of its own wins over the default", () => {
    const same = { activation: { format: "uint4" } } as const;
    expect(scaleOf({ q_project: same, k_project: same })).toEqual({ bits: 4, warnings: [] });
    expect(scaleOf({ v_project: same }, { activation: { format: "uint8" } })).toEqual({
      bits: 4,
      warnings: [],
    });
  });

  test("different wishes: the first, in the network's order, and a warning that names all", () => {
    const found = scaleOf({
      v_project: { activation: { format: "uint4" } },
      q_project: { activation: { format: "uint6" } },
    });
    expect(found).toEqual({
      bits: 6,
      warnings: [
        "activation x: q_project and v_project share it and ask for different schemes; that of q_project is used",
      ],
    });
  });

  test("a wish to quantize wins over one for float, with a warning", () => {
    const found = scaleOf({ q_project: "float", k_project: { activation: { format: "uint5" } } });
    expect(found.bits).toBe(5);
    expect(found.warnings).toEqual([
      "activation x: q_project and k_project share it and ask for different schemes; that of k_project is used",
    ]);
    expect(scaleOf({ q_project: "float" }, { activation: {} }).bits).toBeUndefined();
  });

  test("across a pool: aliases have no plan of their own", () => {
    const recipe = recipeOf({ side: { activation: { format: "uint3" } } });
    const plan = planRecipe(residual, recipe, rangesOf(residual));
    expect([...plan.points.keys()]).toEqual(["r2"]);
    expect(plan.points.get("r2")?.point.aliases).toEqual(["m"]);
  });
});

describe("scales", () => {
  test("of an activation: the range of its histogram, by its rule", () => {
    const ranges = rangesOf(conv);
    const histogram = ranges.get("x") as NonNullable<ReturnType<typeof ranges.get>>;
    const { min, max } = histogram;
    const plan = planRecipe(conv, recipeOf({ first: { activation: { range: "minmax" } } }), ranges);
    const { scale, zeroPoint } = plan.points.get("x") as NonNullable<ReturnType<typeof plan.points.get>>;
    expect(scale).toBeCloseTo((max - min) / 255, 6);
    expect(zeroPoint).toBe(Math.round(-min / scale));
    const clipped = planRecipe(
      conv,
      recipeOf({ first: { activation: { range: { percentile: 90 } } } }),
      ranges,
    );
    expect(clipped.points.get("x")?.scale).toBeLessThan(0.7 * scale);
  });

  test("least scales keep an int32 bias from overflowing", async () => {
    // A dead channel (weights near 0) beside a bias of 1: s_w would be 1e-12.
    const values = new Float32Array(8).fill(0.5);
    values.fill(1e-10, 4);
    const net = smallNet("dead", {
      inputs: { x: { shape: [4, 2, 2] } },
      constants: [
        constantOf("w", tensor("float32", [2, 4, 1, 1], values)),
        constantOf("b", tensor("float32", [2], [0.5, -1])),
      ],
      nodes: [build.node("Conv", ["x", "w", "b"], ["y"], {}, "conv")],
    });
    const network = await openSmall(net, wasmRuntime);
    const both = recipeOf({}, { weight: {}, activation: {} });
    const plan = planRecipe(network, both, rangesOf(network));
    const input = plan.points.get("x")?.scale as number;
    const least = plan.weights.get("w")?.leastScale;
    expect(Array.from(least ?? [], (each) => each * input * 2 ** 30)).toEqual([
      expect.closeTo(0.5, 9),
      expect.closeTo(1, 9),
    ]);
    const whole = recipeOf({}, { weight: { granularity: "tensor" }, activation: {} });
    expect(planRecipe(network, whole, rangesOf(network)).weights.get("w")?.leastScale).toEqual(
      Float64Array.of(least?.[1] as number),
    );
    // Without quantized activations no integer kernel runs; blocks have none.
    expect(planRecipe(network, recipeOf({}, { weight: {} })).weights.get("w")?.leastScale).toBeUndefined();
    const blocks = recipeOf({}, { weight: { granularity: { block: 8 } }, activation: {} });
    expect(planRecipe(conv, blocks, rangesOf(conv)).weights.get("w2")?.leastScale).toBeUndefined();
  });
});

describe("what is refused, and what is warned of", () => {
  test("a layer that the network lacks", () => {
    expect(() => planRecipe(conv, recipeOf({ first: {}, third: "float" }))).toThrow(
      'layer "third": not in conv.onnx, expected one of its 4 layers (first, second, pool, head, …)',
    );
  });

  test("activations without calibration, or finer than a tensor", () => {
    expect(() => planRecipe(conv, recipeOf({ first: { activation: {} } }))).toThrow(
      "activation x: no calibrated range, expected data to calibrate on",
    );
    expect(() =>
      planRecipe(conv, recipeOf({ first: { activation: { granularity: "channel" } } }), rangesOf(conv)),
    ).toThrow('activation x: granularity "channel", expected "tensor"');
  });

  test("repairs of a network that has not got them", () => {
    const planned = (repair: "bias-correction" | "equalization") => () =>
      planRecipe(conv, { ...recipeOf({}), repairs: [repair] });
    expect(planned("equalization")).toThrow("expected a network whose layers are equalised");
    expect(planned("bias-correction")).toThrow("recipe: bias correction, expected none here");
  });

  test("another network's recipe is applied, with a warning", () => {
    const model = { name: "other.onnx", sha256: "00" };
    expect(planRecipe(conv, { ...recipeOf({}), model }).warnings).toEqual([
      "recipe: made for other.onnx with another fingerprint, applied to conv.onnx by layer names",
    ]);
    const own = { name: "renamed.onnx", sha256: conv.sha256 };
    expect(planRecipe(conv, { ...recipeOf({}), model: own }).warnings).toEqual([]);
  });
});

test("a weight that two nodes read belongs to the first, and is planned once", async () => {
  const net = smallNet("tied", {
    inputs: { x: { shape: [4, 6, 6] } },
    constants: [weight("w", [4, 4, 3, 3], 1)],
    nodes: [
      build.node("Conv", ["x", "w"], ["a"], { pads: ints([1, 1, 1, 1]) }, "one"),
      build.node("Conv", ["a", "w"], ["y"], {}, "two"),
    ],
  });
  const network = await openSmall(net, wasmRuntime);
  expect(network.skipped).toEqual([
    { node: "two", reason: "shares its weight with one, whose scheme holds for both" },
  ]);
  const plan = planRecipe(network, recipeOf({ two: { weight: { format: "int2" } } }));
  expect(plan.weights.size).toBe(0);
  expect(planRecipe(network, recipeOf({ one: { weight: { format: "int2" } } })).weights.size).toBe(1);
});
