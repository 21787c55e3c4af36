// All methods, in the order in which they are shown.

import { allocationMethods } from "./allocations.methods.ts";
import type { Method } from "./method.ts";
import { repairMethods } from "./repairs.methods.ts";

export const methodGroups: readonly { readonly title: string; readonly methods: readonly Method[] }[] = [
  { title: "Repairs, at the widths that are chosen", methods: repairMethods },
  { title: "Other widths, in a file of the same size", methods: allocationMethods },
];
