// The table of a setting: what the page hands over, as what an allocation is solved on.

import { evidenceIn } from "./evidence.ts";
import type { AllocationSetting } from "./setting.ts";
import { type Table, tableOf, withMeasured } from "./table.ts";

/** @throws one sentence for rules and locks that leave a layer nothing */
export function tableIn({ costs, cells, options, measured }: AllocationSetting): Table {
  const evidence = cells.length > 0 ? evidenceIn(cells, ["weight", "activation"]) : [];
  return measured.reduce(
    (known, { recipe, value }) => withMeasured(known, recipe, value),
    tableOf(costs, evidence, options),
  );
}
