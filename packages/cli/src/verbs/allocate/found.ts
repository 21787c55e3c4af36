// What an allocation found, however it was found: what the verb's document and prose are made of.

import type { Allocation, Prepared } from "@bitscape/engine";
import type { Outcome } from "../../verb.ts";

export interface Found {
  readonly allocation: Pick<Allocation, "recipe" | "bytes" | "predicted"> &
    Partial<Pick<Allocation, "bits" | "bops" | "gap" | "by">>;
  readonly after: Prepared;
  readonly json: Readonly<Record<string, unknown>>;
  readonly outcome: Partial<Outcome>;
}
