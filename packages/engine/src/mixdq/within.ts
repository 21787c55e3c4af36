// MixDQ under a size of the file: the mean width that takes about so much, and of its candidates those that keep the size, for
// weights alone, stored as a recipe has them. Groups, metrics and widths as in the paper (arXiv 2405.17873, §4.2).

import type { Published } from "../allocate/published.ts";
import { weightStyle, withWidths } from "../allocate/widths.ts";
import type { Recipe } from "../recipe.ts";
import { allocateMixdq, mixdqWidths, sweeps } from "./allocate.ts";
import { groupsOf } from "./groups.ts";
import { metricsOf } from "./scores.ts";

const EVALUATIONS = 16;
const [NARROW, WIDE] = [4, 8];

/** @throws one sentence where the network has layers of one kind, or no candidate is small enough */
export const allocateMixdqWithin: Published = async ({ study, sizeOf, recipe, bytes, samples }, between) => {
  const { network, reference } = study;
  const groups = groupsOf(network, metricsOf(network, reference.kind.kind === "classes"));
  const ids = groups.flatMap(({ layers }) => layers);
  const weighted = network.layers.filter(({ weights }) => weights.length > 0).map(({ id }) => id);
  const uniform = async (bits: number) =>
    (await sizeOf(withWidths(weighted, recipe, new Map(ids.map((id) => [id, bits]))))).bytes;
  const [narrow, wide] = [await uniform(NARROW), await uniform(WIDE)];
  const mean = NARROW + ((WIDE - NARROW) * (bytes - narrow)) / Math.max(1, wide - narrow);
  const [least] = mixdqWidths.weight[1] as [number];
  if (!(mean > least))
    throw new Error(
      `mixdq: ${bytes} bytes, expected more than ${Math.ceil(narrow - (wide - narrow) / 2)}, which ${least} bits take`,
    );
  // The same in fewer words: they lie in the file.
  const tidy = (candidate: Recipe) => withWidths(weighted, candidate, new Map());
  const found = await allocateMixdq(study, {
    groups,
    targets: [
      { target: "weight", mean: Math.min(WIDE, mean), widths: mixdqWidths.weight, ks: sweeps.weight },
    ],
    // Not the samples that tell what it is worth.
    samples: study.split.calibration.slice(0, samples),
    evaluations: EVALUATIONS,
    schemes: { weight: weightStyle(recipe) },
    given: recipe,
    fits: async (candidate) => (await sizeOf(tidy(candidate))).bytes <= bytes,
    between,
  });
  return tidy(found.recipe);
};
