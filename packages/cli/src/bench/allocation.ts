// What a frame of a budget's slider costs: an allocation of random layers under one budget and under three, and the gap
// to the bound. Milliseconds, as frames are, of the process's own time: what else the machine does is not in them.

import { AllocationRoom } from "@bitscape/engine";
import { randomSetting } from "@bitscape/engine/testing";
import type { Measure } from "./measures.ts";

const frames = [
  { layers: 60, bound: 16, runs: 120 },
  { layers: 1000, bound: 100, runs: 30 },
] as const;

/** Medians over budgets from the least to the most. */
export async function sliderCost(): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const { layers, bound, runs } of frames) {
    const room = new AllocationRoom();
    const { ends } = await room.set(randomSetting(layers, 1));
    const { bytes, bops } = ends;
    if (!bytes || !bops) throw new Error("bench: no range of sizes, expected one");
    const times: Record<"one" | "three", number[]> = { one: [], three: [] };
    const gaps: number[] = [];
    for (let i = 0; i < runs; i++) {
      const most = bytes.least * (bytes.most / bytes.least) ** ((i + 0.5) / runs);
      for (const [of, budgets] of [
        ["one", { bytes: most }],
        ["three", { bytes: most, bits: 6, bops: bops.most / 2 }],
      ] as const) {
        const started = process.cpuUsage();
        const found = await room.draft(budgets);
        const { user, system } = process.cpuUsage(started);
        times[of].push((user + system) / 1000);
        if ("gap" in found) gaps.push(found.gap);
      }
    }
    const [one, three] = [median(times.one), median(times.three)];
    measures.push({
      name: `slider: ${layers} layers × 9 options, three budgets`,
      ratio: three,
      unit: "ms",
      bound,
      detail: `${one.toFixed(1)} ms under one budget; ${(100 * median(gaps)).toPrecision(2)} % from the bound in the median`,
    });
  }
  return measures;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
