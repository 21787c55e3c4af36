// One bit a weight: −α or α, with α the mean magnitude of the group, which is the least-squares scale of the signs
// (XNOR-Net, Rastegari et al. 2016, eq. 6). A symmetric integer of one bit is this format too.

import type { Levels } from "../encoded.ts";
import { eachRun, type Groups, groupsOf } from "../grouping.ts";
import { gridOf, onGrid } from "../levels.ts";
import { raiseScales, storedScale } from "../scale.ts";
import type { FormatFacts } from "./facts.ts";
import type { FormatRow, Job } from "./row.ts";

export const binaryFacts: FormatFacts = {
  name: "binary",
  family: "binary",
  args: [],
  bits: 1,
  kind: "levels",
};

// Only its levels are used: a code is a sign.
const grid = gridOf([-1, 1]);

/** Signs and mean magnitudes. The scale of a group of zeros is 0, so that they stay zeros. */
export function quantizeBinary({ data, shape, grouping, options }: Job): Levels {
  const groups = groupsOf(shape, grouping);
  const scale = meanMagnitudes(data, groups).map((mean) =>
    mean >= 2 ** -126 ? storedScale(mean, options.roundScale) : 0,
  );
  raiseScales(scale, options.leastScale, options.roundScale);
  const codes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) codes[i] = (data[i] as number) >= 0 ? 1 : 0;
  return onGrid(binaryFacts, shape, groups, scale, grid, codes);
}

function meanMagnitudes(data: Float32Array, groups: Groups): Float32Array {
  const sums = new Float64Array(groups.count);
  const counts = new Float64Array(groups.count);
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) {
      sums[g] = (sums[g] as number) + Math.abs(data[i] as number);
      counts[g] = (counts[g] as number) + 1;
    }
  });
  return Float32Array.from(sums, (sum, g) => ((counts[g] as number) > 0 ? sum / (counts[g] as number) : 0));
}

export const binary: FormatRow = {
  family: "binary",
  pattern: "binary",
  params: [],
  help: "One bit: −α or α, α the mean magnitude of the group.",
  source: "Rastegari et al. 2016 (XNOR-Net), eq. 6",
  granularities: ["tensor", "channel", "block"],
  heeds: [],
  examples: ["binary"],
  parse: (name) => (name === "binary" ? binaryFacts : undefined),
  quantize: quantizeBinary,
};
