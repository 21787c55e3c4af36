// What `bitscape sensitivity --json` wrote, read. Apart from evidence.ts so that the solver's thread, which gets its cells from
// the page, does not load the schema's library.

import * as z from "zod";
import type { MeasuredCell } from "./evidence.ts";
import type { Pairs } from "./joint.ts";

const target = z.enum(["weight", "activation"]);
const report = z.object({
  metric: z.string(),
  pairs: z
    .object({ layers: z.array(z.string()), matrix: z.array(z.array(z.number())) })
    .refine(
      ({ layers, matrix }) => [matrix, ...matrix].every(({ length }) => length === layers.length),
      "not square",
    )
    .optional(),
  cells: z.array(
    z.object({
      layer: z.string(),
      target,
      bits: z.union([z.number(), z.string()]),
      value: z.number().nullable(),
      low: z.number().nullish(),
      high: z.number().nullish(),
      n: z.number().nullish(),
      source: z.enum(["predicted", "measured"]).optional(),
      scheme: z.union([z.literal("float"), z.record(z.string(), z.unknown())]).optional(),
    }),
  ),
});

export interface SensitivityReport {
  readonly metric: string;
  readonly cells: readonly MeasuredCell[];
  /** Interactions of weights, where the report has them (`--pairs`). */
  readonly pairs?: Pairs;
}

/** Reads what `bitscape sensitivity` wrote. Throws one sentence where it is not that. */
export function parseSensitivity(json: unknown, name = "sensitivity"): SensitivityReport {
  const found = report.safeParse(json);
  if (found.success) {
    const { metric, cells, pairs } = found.data;
    return {
      metric,
      cells: cells as MeasuredCell[],
      ...(pairs && { pairs: { layers: pairs.layers, matrix: pairs.matrix.flat() } }),
    };
  }
  const [issue] = found.error.issues;
  const where = issue && issue.path.length > 0 ? issue.path.map(String).join(".") : "the document";
  throw new Error(`${name}: ${where}: ${issue?.message}, expected what bitscape sensitivity writes`);
}
