// Settings for tests and measures: random layers and schemes, losses that fall with the width and noise, all from a seed.
// Never shipped.

import { normals } from "../testing/nets.ts";
import type { CostedLayer } from "./costs.ts";
import type { MeasuredCell } from "./evidence.ts";
import type { AllocationSetting } from "./setting.ts";
import type { Sizes } from "./sizes.ts";

const widths = [2, 3, 4, 5, 6, 7, 8, 16];

/** So many layers, each with eight widths and float. */
export function randomSetting(
  count: number,
  seed: number,
  columns: readonly number[] = widths,
): AllocationSetting {
  const noise = normals(seed, [count, 3 + columns.length]);
  const at = (i: number, k: number) => noise[i * (3 + columns.length) + k] as number;
  const layers = Array.from({ length: count }, (_, i): CostedLayer => {
    const elements = Math.round(10_000 * Math.exp(1.5 * at(i, 0)));
    return {
      id: `layer${i}`,
      op: i % 5 === 4 ? "Gemm" : "Conv",
      elements,
      floatBits: 32,
      macs: Math.round(elements * 100 * Math.exp(at(i, 1))),
      deciders: [],
    };
  });
  const cells = layers.flatMap(({ id }, i) =>
    columns.map((bits, k): MeasuredCell => {
      const value = 0.1 * Math.exp(1.2 * at(i, 2) + 0.2 * at(i, 3 + k)) * 4 ** (2 - bits);
      return {
        layer: id,
        target: "weight",
        bits,
        scheme: { format: `int${bits}`, granularity: "channel", symmetric: true, range: "mse" },
        value,
        low: 0.8 * value,
        high: 1.2 * value,
      };
    }),
  );
  const bytes = (bits: number) =>
    new Map(layers.map(({ id, elements }) => [id, Math.ceil((elements * bits) / 8) + 64]));
  const sizes: Sizes = {
    rest: 5000,
    float: bytes(32),
    columns: new Map(
      columns.map((bits) => {
        const own = bytes(bits);
        const total = [...own.values()].reduce((a, b) => a + b, 5000);
        const recipe = {
          schema: "bitscape/recipe/1",
          defaults: { weight: { format: `int${bits}` } },
        } as const;
        return [String(bits), { key: String(bits), recipe, bytes: total, layers: own }];
      }),
    ),
  };
  return { costs: { layers, sizes, residual: [] }, cells, options: {}, measured: [] };
}
