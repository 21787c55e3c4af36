// HAWQ-V3 under a size of the file: the highest of its levels whose file keeps it, for weights alone, stored as a recipe has
// them. Widths 4 and 8, the first and the last layer at 8, down-sampling layers coupled, as in the paper (arXiv 2011.10680, §4).

import type { Published } from "../allocate/published.ts";
import { weightStyle, withWidths } from "../allocate/widths.ts";
import { cellsOf } from "../cells/sensitivity.ts";
import { allocateHawq, hawqFixed } from "./allocate.ts";
import { downSampling } from "./residual.ts";

const widths = [4, 8];
// Halvings of the level: finer than any layer is of a network.
const HALVINGS = 14;

/** @throws one sentence where even the lowest level takes more */
export const allocateHawqWithin: Published = async ({ study, sizeOf, recipe, bytes, samples }, between) => {
  const { network, predictor } = study;
  const weighted = network.layers.filter(({ weights }) => weights.length > 0).map(({ id }) => id);
  const schemes = { weight: weightStyle(recipe) };
  const keys = cellsOf(network, widths, ["weight"]);
  // Not the samples that tell what it is worth.
  const indices = study.split.calibration.slice(0, samples);
  const traced = await predictor.traces({ keys, indices, schemes, between });
  const asked = {
    ...{ widths, coupled: downSampling(network), fixed: hawqFixed(network) },
    targets: ["weight"] as const,
  };
  const at = async (level: number) => {
    await between(1, 1);
    const { rows } = await allocateHawq(network, traced, { ...asked, levels: { size: level } });
    const found = withWidths(weighted, recipe, new Map(rows.map(({ layer, bits }) => [layer, bits])));
    return { recipe: found, bytes: (await sizeOf(found)).bytes };
  };
  const [most, least] = [await at(1), await at(0)];
  if (most.bytes <= bytes) return most.recipe;
  if (least.bytes > bytes)
    throw new Error(`hawq: ${bytes} bytes, expected at least ${least.bytes}, which 4 bits between 8 take`);
  let best = least;
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    const found = await at(middle);
    if (found.bytes > bytes) high = middle;
    else [low, best] = [middle, found];
  }
  return best.recipe;
};
