// allocate --method: programs as papers have them, on a network and its data.

import type { IntegerSolver } from "@bitscape/methods";
import { Usage } from "../../usage.ts";
import type { Job, Outcome } from "../../verb.ts";
import { hawq } from "./hawq.ts";
import { mixdq } from "./mixdq.ts";

const methods: Readonly<Record<string, (job: Job, solver: IntegerSolver) => Promise<Outcome>>> = {
  hawq,
  mixdq,
};

export function byMethod(job: Job, name: string, solver: IntegerSolver): Promise<Outcome> {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method) throw new Usage(`--method: ${name}, expected ${Object.keys(methods).join(" or ")}`);
  return method(job, solver);
}
