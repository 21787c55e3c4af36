// Which names in data are not an input's: of labels and of targets. One list for arrays, tables and whoever looks into them.

import type { ModelInput } from "../dataset.ts";

const labelNames = ["labels", "label", "y", "Y"];
const targetNames = ["targets", "target"];

/** Names that labels go by, those that say so first. */
export const isLabel = (name: string) => labelNames.includes(name);
export const isTarget = (name: string) => targetNames.includes(name);

/** Whether an array or a column is labels or targets: an input of that name comes before. */
export const isAside = (name: string, inputs: readonly Pick<ModelInput, "name">[]) =>
  (isLabel(name) || isTarget(name)) && !inputs.some((input) => input.name === name);
