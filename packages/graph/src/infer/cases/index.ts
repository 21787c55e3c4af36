// All cases of all rules.

import type { Case } from "./case.ts";
import { contribCases } from "./contrib.ts";
import { controlCases } from "./control.ts";
import { elementwiseCases } from "./elementwise.ts";
import { layoutCases } from "./layout.ts";
import { matmulCases } from "./matmul.ts";
import { selectCases } from "./select.ts";
import { sourceCases } from "./source.ts";
import { windowCases } from "./window.ts";

export const cases: readonly Case[] = [
  ...contribCases,
  ...controlCases,
  ...elementwiseCases,
  ...layoutCases,
  ...matmulCases,
  ...selectCases,
  ...sourceCases,
  ...windowCases,
];
