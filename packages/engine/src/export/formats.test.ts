// Every format on every kind of operator, in WebAssembly (the native build: packages/cli), and the sizes of files.

import { build, encodedSize, encodeModel, int, ints } from "@bitscape/graph";
import { describe, expect, test } from "vitest";
import { planRecipe } from "../plan/plan.ts";
import type { Recipe } from "../recipe.ts";
import { openSmall } from "../testing/data.ts";
import { formatFaults, granularities, operators } from "../testing/formats.ts";
import { bias, smallNet, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { exportNetwork } from "./exporter.ts";

describe.each(operators)("$name: every format is in the file as it is decoded", (operator) => {
  test.each(granularities)("%j", async (granularity) => {
    for (const memory of [undefined, "compact", "expanded"] as const) {
      const { faults, formats } = await formatFaults(operator, granularity, memory, wasmRuntime);
      expect(faults).toEqual([]);
      expect(formats).toBeGreaterThan(40);
    }
  });
});

describe("a network of two million weights at each width", () => {
  const { node } = build;
  const channels = [64, 128, 256, 256, 256] as const;
  const convs = channels.slice(1).map((out, i) => ({ i, shape: [out, channels[i] as number, 3, 3] }));
  const net = smallNet("two million", {
    inputs: { x: { shape: [64, 8, 8] } },
    constants: [
      ...convs.flatMap(({ i, shape }) => [
        weight(`w${i}`, shape, i + 1),
        bias(`b${i}`, shape[0] as number, i + 20),
      ]),
      weight("head", [1000, 256], 9),
    ],
    nodes: [
      ...convs.flatMap(({ i }) => [
        node(
          "Conv",
          [i === 0 ? "x" : `r${i - 1}`, `w${i}`, `b${i}`],
          [`c${i}`],
          { pads: ints([1, 1, 1, 1]) },
          `conv${i}`,
        ),
        node("Relu", [`c${i}`], [`r${i}`], {}, `relu${i}`),
      ]),
      node("GlobalAveragePool", [`r${convs.length - 1}`], ["p"], {}, "pool"),
      node("Flatten", ["p"], ["f"], {}, "flat"),
      node("Gemm", ["f", "head"], ["y"], { transB: int(1) }, "head"),
    ],
  });

  test("its file is within 2 % of bits, scales and graph, and grows with the width", async () => {
    const network = await openSmall(net, wasmRuntime);
    const elements = network.layers.flatMap(({ weights }) => weights.map((each) => each.elements));
    const n = elements.reduce((a, b) => a + b, 0);
    expect(n).toBeGreaterThan(1.8e6);
    const graph = network.bytes - 4 * n;
    const sizes = [1, 2, 3, 4, 5, 6, 7, 8].map((bits) => {
      const scheme = {
        format: `int${bits}`,
        granularity: "channel",
        symmetric: true,
        range: "minmax",
      } as const;
      const recipe: Recipe = { schema: "bitscape/recipe/1", defaults: { weight: scheme } };
      const plan = planRecipe(network, recipe);
      const scales = [...plan.weights.values()].reduce(
        (sum, { weight: { shape } }) => sum + 4 * (shape[0] as number),
        0,
      );
      const { model, tensors } = exportNetwork(network, plan, recipe);
      // What weights are said to take is what constants were added, to the byte.
      const added = [...model.graph.constants.values()].filter(
        ({ name }) => !network.model.graph.constants.has(name),
      );
      expect(tensors.reduce((sum, each) => sum + each.bytes, 0)).toBe(
        added.reduce((sum, each) => sum + each.byteLength, 0),
      );
      const file = encodeModel(model);
      expect(encodedSize(model)).toBe(file.byteLength);
      return { bits, bytes: file.byteLength, arithmetic: (n * bits) / 8 + scales + graph };
    });
    for (const { bytes, arithmetic } of sizes) {
      expect(bytes / arithmetic).toBeGreaterThan(0.98);
      expect(bytes / arithmetic).toBeLessThan(1.02);
    }
    expect(sizes.map(({ bytes }) => bytes)).toEqual(sizes.map(({ bytes }) => bytes).sort((a, b) => a - b));
  });
});
