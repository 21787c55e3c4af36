// All conversions by op: what changed incompatibly between opsets 7 and 26, and what is done about it.

import { inputSteps } from "./inputs.ts";
import { normalizationSteps } from "./normalization.ts";
import { renamedSteps } from "./renamed.ts";
import { resizeSteps } from "./resize.ts";
import { softmaxSteps } from "./softmax.ts";
import type { Step, Steps } from "./step.ts";

const steps: Steps = {
  ...inputSteps,
  ...normalizationSteps,
  ...renamedSteps,
  ...resizeSteps,
  ...softmaxSteps,
};

/** The conversion of an op to a version, if there is one. */
export function stepTo(op: string, version: number): Step | undefined {
  return steps[op]?.find((step) => step.to === version);
}

/** Every conversion. */
export function allSteps(): readonly (readonly [op: string, step: Step])[] {
  return Object.entries(steps).flatMap(([op, list]) => list.map((step) => [op, step] as const));
}
