// Every format in ONNX Runtime's native build, and what that build keeps of each in memory: the graph that it writes
// after optimizing says.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { exportNetwork, openNetwork, planRecipe, type Recipe, type Runtime } from "@bitscape/engine";
import {
  formatFaults,
  granularities,
  openSmall,
  operators,
  smallNet,
  weight,
} from "@bitscape/engine/testing";
import { build, type Constant, decodeModel, encodedSize, encodeModel } from "@bitscape/graph";
import { formatRows, groupsOf } from "@bitscape/quant";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeRuntime } from "./node/runtime.ts";
import { Folder } from "./testing.ts";

let runtime: Runtime;
let folder: Folder;
beforeAll(async () => {
  runtime = await nodeRuntime("native", 1);
  folder = await Folder.make();
});
afterAll(() => folder.remove());

describe.each(operators)("$name: every format is in the file as it is decoded", (operator) => {
  test.each(granularities)("%j", async (granularity) => {
    for (const memory of [undefined, "compact", "expanded"] as const) {
      const { faults, formats } = await formatFaults(operator, granularity, memory, runtime);
      expect(faults).toEqual([]);
      expect(formats).toBeGreaterThan(40);
    }
  });
});

describe("what a session holds is what the export says", () => {
  const net = smallNet("one", {
    inputs: { x: { shape: [3, 72] } },
    constants: [weight("w", [72, 48], 1)],
    nodes: [build.node("MatMul", ["x", "w"], ["y"], {}, "only")],
  });
  const elements = 72 * 48;

  /** The constants that are left in the graph that the native build runs. */
  async function heldBy(file: Uint8Array): Promise<Constant[]> {
    const optimizedPath = folder.at("held.onnx");
    await (await runtime.load(file, { optimizedPath })).release();
    return [...decodeModel(new Uint8Array(await readFile(optimizedPath))).graph.constants.values()];
  }

  const formats = formatRows.flatMap(({ examples }) => examples);
  test.each(formats)("%s", async (format) => {
    const network = await openSmall(net, runtime);
    for (const granularity of ["channel", { block: 16 }] as const) {
      for (const symmetric of [true, false]) {
        for (const memory of ["compact", "expanded"] as const) {
          const recipe: Recipe = {
            schema: "bitscape/recipe/1",
            layers: { only: { weight: { format, granularity, symmetric, memory } } },
          };
          const { model, tensors, warnings } = exportNetwork(network, planRecipe(network, recipe), recipe);
          const [stored] = tensors;
          const held = await heldBy(encodeModel(model));
          const what = `${format} ${JSON.stringify(granularity)} ${memory}`;
          expect(`${what}: ${held.reduce((sum, each) => sum + each.byteLength, 0)}`).toBe(
            `${what}: ${stored?.memory.bytes}`,
          );
          const floats = held.some((each) => each.dtype === "float32" && each.byteLength === 4 * elements);
          expect(stored?.memory.choice).toBe(floats ? "expanded" : "compact");
          // Only 16-bit floats have no choice, and say so.
          const refused = warnings.filter((each) => each.startsWith("memory: "));
          expect(refused).toHaveLength(format.includes("float16") && memory === "compact" ? 1 : 0);
          expect(stored?.memory.choice).toBe(refused.length > 0 ? "expanded" : memory);
        }
      }
    }
  });
});

const shared = join(import.meta.dirname, "../../../../shared");
const absent = !existsSync(join(shared, "models"));

describe.skipIf(absent)(`real networks${absent ? " (skipped: ../shared is not there)" : ""}`, () => {
  test.each(["squeezenet1.1.onnx", "sst2-tiny.onnx", "mobilenetv2-coarse7.onnx"])(
    "%s: its file is within 2 %% of bits, scales and graph at every width",
    async (model) => {
      const network = await openNetwork(
        new Uint8Array(await readFile(join(shared, "models", model))),
        runtime,
        {
          name: model,
        },
      );
      for (const format of ["int1", "ternary", "int2", "int3", "int4", "int5", "int6", "int7", "int8"]) {
        const weight = { format, granularity: "channel", symmetric: true, range: "minmax" } as const;
        const recipe: Recipe = { schema: "bitscape/recipe/1", defaults: { weight } };
        const plan = planRecipe(network, recipe);
        let arithmetic = encodedSize(network.model);
        for (const { weight: of, format: stored, shape, grouping } of plan.weights.values()) {
          arithmetic += of.elements * (stored.bits / 8 - 4) + 4 * groupsOf(shape, grouping).count;
        }
        const ratio = encodedSize(exportNetwork(network, plan, recipe).model) / arithmetic;
        expect(`${format}: ${ratio > 0.98 && ratio < 1.02 ? "within" : ratio}`).toBe(`${format}: within`);
      }
    },
  );
});
