// What formats on one constant grid do: choose a scale a group, and take the nearest level. Not the grids.

import type { Levels } from "../encoded.ts";
import { groupsOf } from "../grouping.ts";
import { chooseScales } from "../levelScale.ts";
import { encodeLevels, type Grid, onGrid } from "../levels.ts";
import { clipRatios } from "../range.ts";
import { raiseScales } from "../scale.ts";
import type { Job } from "./row.ts";

/** A tensor on a grid, scales chosen by the scheme's range rule. */
export function quantizeOnGrid(
  { data, shape, facts, scheme, grouping, options }: Job,
  grid: Grid,
  ratios: readonly number[] = clipRatios,
): Levels {
  const groups = groupsOf(shape, grouping);
  const { roundScale, leastScale } = options;
  const { scale } = chooseScales(data, groups, grid, { rule: scheme.range, ratios, roundScale });
  raiseScales(scale, leastScale, roundScale);
  return onGrid(facts, shape, groups, scale, grid, encodeLevels(data, groups, scale, grid));
}
