// All cases of all rules.

import type { GradCase } from "./case.ts";
import { elementwiseCases } from "./elementwise.ts";
import { layoutCases } from "./layout.ts";
import { matmulCases } from "./matmul.ts";
import { reduceCases } from "./reduce.ts";
import { windowCases } from "./window.ts";

export const cases: readonly GradCase[] = [
  ...elementwiseCases,
  ...layoutCases,
  ...matmulCases,
  ...reduceCases,
  ...windowCases,
];
