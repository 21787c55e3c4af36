// NF4: sixteen quantiles of a normal distribution, a scale a group, so that weights that are normal use all codes
// alike. The values are those of QLoRA (Dettmers et al. 2023, appendix E); the scale is the largest magnitude.

import { gridOf } from "../levels.ts";
import { quantizeOnGrid } from "./gridded.ts";
import type { FormatRow } from "./row.ts";

export const nf4Levels: readonly number[] = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
  -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
  0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
];

const grid = gridOf(nf4Levels);

export const nf: FormatRow = {
  family: "nf",
  pattern: "nf4",
  params: [],
  help: "Sixteen quantiles of the normal distribution, a scale a group.",
  source: "Dettmers et al. 2023 (QLoRA), appendix E",
  granularities: ["tensor", "channel", "block"],
  heeds: ["range"],
  examples: ["nf4"],
  parse: (name) => (name === "nf4" ? { name, family: "nf", args: [], bits: 4, kind: "levels" } : undefined),
  quantize: (job) => quantizeOnGrid(job, grid),
};
