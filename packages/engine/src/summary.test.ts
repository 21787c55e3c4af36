import { decode, formatRows } from "@bitscape/quant";
import { expect, test } from "vitest";
import { calibrate } from "./calibrate.ts";
import { planRecipe, type WeightPlan } from "./plan.ts";
import { baseSchemes, type RecipeScheme } from "./recipe.ts";
import { activationHistogram, weightHistogram } from "./summary.ts";
import { openSmall, smallDataset } from "./testing/data.ts";
import { matMulNet } from "./testing/nets.ts";
import { wasmRuntime } from "./testing/wasm.ts";
import { encodeWeight } from "./weight.ts";

const formats = formatRows.flatMap(({ examples }) => examples).filter((format) => format !== "product(64,9)");

test.each(formats)("%s: the grid of a weight is what its codes decode to", async (format) => {
  const network = await openSmall(matMulNet, wasmRuntime);
  const layer = network.layers.find(({ id }) => id === "right");
  if (!layer) throw new Error("no layer");
  for (const granularity of ["tensor", "channel"] as const) {
    const scheme: RecipeScheme = { ...baseSchemes.weight, format, granularity };
    const { grid, low, high, counts, sqnrDb } = weightHistogram(network, layer, scheme);
    const [plan] = planRecipe(network, {
      schema: "bitscape/recipe/1",
      layers: { right: { weight: scheme } },
    }).weights.values();
    const decoded = decode(encodeWeight(network, plan as WeightPlan));
    expect(counts.reduce((a, b) => a + b, 0)).toBe(40 * 20);
    expect(sqnrDb).toBeGreaterThan(0);
    for (const x of decoded) {
      expect(x).toBeGreaterThanOrEqual(low - 1e-6 * Math.abs(low));
      expect(x).toBeLessThanOrEqual(high + 1e-6 * Math.abs(high));
    }
    if (/16$/.test(format)) {
      expect(grid).toHaveLength(0);
      continue;
    }
    expect(Array.from(grid)).toEqual(Array.from(grid).sort((a, b) => a - b));
    expect(grid.length).toBeGreaterThan(1);
    // The first group: the tensor, or the first column.
    const first = decoded.filter((_, i) => granularity === "tensor" || i % 20 === 0);
    const spacing = 1e-6 * Math.max(-low, high);
    const off = Array.from(first).filter((x) => !grid.some((value) => Math.abs(value - x) <= spacing));
    expect(off).toEqual([]);
  }
});

test.each([
  ["uint8", 256],
  ["int4", 16],
  // 16 bits are too many values to draw.
  ["uint16", 0],
  // 254 finite codes, of which two are zero; 248.
  ["float8e4m3", 253],
  ["float8e5m2", 247],
])("%s: the grid of an activation has %i values, between its ends", async (format, count) => {
  const network = await openSmall(matMulNet, wasmRuntime);
  const ranges = await calibrate(
    network,
    smallDataset(matMulNet, 4),
    [0, 1, 2, 3],
    wasmRuntime,
    async () => {},
  );
  const layer = network.layers.find(({ id }) => id === "right");
  if (!layer) throw new Error("no layer");
  for (const range of ["minmax", "mse", { percentile: 99 }] as const) {
    const scheme: RecipeScheme = { ...baseSchemes.activation, format, range };
    const { grid, low, high, min, max } = activationHistogram(network, layer, ranges, scheme);
    expect(grid).toHaveLength(count);
    for (const value of grid) expect(value >= low && value <= high).toBe(true);
    if (range === "minmax") {
      const step = (high - low) / 15;
      expect(low).toBeLessThanOrEqual(min + step);
      expect(high).toBeGreaterThanOrEqual(max - step);
    }
  }
});
