// What an allocation found, however it was found: what the verb's document and prose are made of.

import type { Allocation, Sized } from "@bitscape/engine";
import type { Outcome } from "../../verb.ts";

export interface Found {
  readonly allocation: Pick<Allocation, "recipe" | "bytes" | "predicted"> &
    Partial<Pick<Allocation, "bits" | "bops" | "gap" | "by">>;
  readonly after: Sized;
  /** In every style that was tried; `after` alone where absent. */
  readonly tables?: readonly Sized[];
  /** Lines for a person. */
  readonly notes?: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
  readonly outcome: Partial<Outcome>;
}
