import { decode, formatRows } from "@bitscape/quant";
import { expect, test } from "vitest";
import { layerOf } from "../network/network.ts";
import { calibrate } from "../plan/calibrate.ts";
import { planRecipe, type WeightPlan } from "../plan/plan.ts";
import { encodeWeight } from "../plan/weight.ts";
import { baseSchemes, type RecipeScheme } from "../recipe.ts";

import { openSmall, smallDataset } from "../testing/data.ts";
import { matMulNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { activationHistogram, encodedWeight, floatsNamed, weightHistogram } from "./histogramReport.ts";

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

/** Half a step beyond the outermost grid values is still rounded, not clipped: by hand. */
const outside = (x: number, grid: Float64Array) => {
  const step = (grid[1] as number) - (grid[0] as number);
  return x < (grid[0] as number) - step / 2 || x > (grid.at(-1) as number) + step / 2;
};

test("each channel has its own grid, its own error and its own values", async () => {
  const network = await openSmall(matMulNet, wasmRuntime);
  const layer = layerOf(network, "right");
  const values = floatsNamed(network, layer.weights[0]?.name as string);
  for (const granularity of ["tensor", "channel", { block: 16 }] as const) {
    const scheme: RecipeScheme = {
      ...baseSchemes.weight,
      format: "int4",
      granularity,
      range: { ratio: 0.5 },
    };
    const decoded = decode(encodedWeight(network, layer, scheme));
    let clipped = 0;
    for (let c = 0; c < 20; c++) {
      const report = weightHistogram(network, layer, scheme, c);
      const { channel, sqnrDb: whole } = report;
      if (!channel) throw new Error("no channel");
      // The channels of a right operand [40, 20] are its columns.
      const own = values.filter((_, i) => i % 20 === c);
      const made = decoded.filter((_, i) => i % 20 === c);
      expect([channel.min, channel.max]).toEqual([Math.min(...own), Math.max(...own)]);
      expect(channel.counts.reduce((a, b) => a + b, 0)).toBe(40);
      expect(report.counts.every((count, bin) => count >= (channel.counts[bin] as number))).toBe(true);
      const noise = own.reduce((sum, x, i) => sum + (x - (made[i] as number)) ** 2, 0);
      const signal = own.reduce((sum, x) => sum + x * x, 0);
      expect(channel.sqnrDb).toBeCloseTo(10 * Math.log10(signal / noise), 6);
      expect(Number.isFinite(whole)).toBe(true);
      // Of blocks the grid is the first one's: 16 of the 40 inputs.
      const first = made.subarray(0, typeof granularity === "object" ? 16 : 40);
      for (const x of first) expect(channel.grid.some((value) => Math.abs(value - x) < 1e-6)).toBe(true);
      clipped += own.filter((x) => outside(x, channel.grid)).length;
    }
    const found = weightHistogram(network, layer, scheme);
    expect(found.channel).toBeUndefined();
    if (typeof granularity !== "object") expect(found.clipped).toBe(clipped / 800);
    expect(found.clipped).toBeGreaterThan(0.05);
    expect(weightHistogram(network, layer, { ...scheme, range: "minmax" }).clipped).toBe(0);
  }
  const float = weightHistogram(network, layer, null, 3);
  expect([float.clipped, float.sqnrDb, float.channel?.grid.length]).toEqual([null, null, 0]);
});

test.each(["uint4", "int4", "uint8", "float8e4m3"])(
  "%s: what an activation's grid clips and loses is what it does to the values themselves",
  async (format) => {
    const network = await openSmall(matMulNet, wasmRuntime);
    const data = smallDataset(matMulNet, 8);
    const indices = [0, 1, 2, 3, 4, 5, 6, 7];
    const ranges = await calibrate(network, data, indices, wasmRuntime, async () => {});
    const layer = layerOf(network, "right");
    const input = Object.values(await data.batch(indices))[0]?.data as Float32Array;
    expect(layer.points[0]?.tensor).toBe(Object.keys(await data.batch([0]))[0]);
    for (const range of ["minmax", { clip: [-0.9, 1.1] }] as const) {
      const scheme: RecipeScheme = { ...baseSchemes.activation, format, symmetric: format === "int4", range };
      const { grid, clipped, sqnrDb } = activationHistogram(network, layer, ranges, scheme);
      const nearest = (x: number) =>
        grid.reduce((best, value) => (Math.abs(value - x) < Math.abs(best - x) ? value : best));
      const noise = input.reduce((sum, x) => sum + (x - nearest(x)) ** 2, 0);
      const signal = input.reduce((sum, x) => sum + x * x, 0);
      expect(Math.abs((sqnrDb as number) - 10 * Math.log10(signal / noise))).toBeLessThan(0.2);
      const cut = input.filter((x) => outside(x, grid)).length / input.length;
      // A bin is clipped as a whole.
      if (format !== "float8e4m3") expect(Math.abs((clipped as number) - cut)).toBeLessThan(0.02);
      if (range === "minmax") expect(clipped).toBe(0);
    }
  },
);
