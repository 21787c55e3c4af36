import { normal, seededRandom } from "@bitscape/tensor";
import { expect, it } from "vitest";
import type { Grouping } from "../grouping.ts";
import { decode, quantize } from "../quantize.ts";
import type { Scheme } from "../scheme.ts";
import type { FormatRow } from "./row.ts";
import { formatRows } from "./table.ts";

const shape = [12, 72];
const random = seededRandom(11);
const data = Float32Array.from({ length: 12 * 72 }, () => normal(random) + 0.1);
const base = { granularity: "tensor", symmetric: false, range: "minmax", rounding: "nearest" } as const;
const others: Readonly<Record<FormatRow["heeds"][number], Partial<Scheme>>> = {
  symmetric: { symmetric: true },
  range: { range: { percentile: 90 } },
  rounding: { rounding: "squant" },
  centroids: { centroids: "int8" },
};

const values = (format: string, change: Partial<Scheme>) => {
  const grouping: Grouping = { kind: "tensor" };
  return decode(quantize(data, shape, { ...base, format, ...change }, grouping, { kernel: 9 }));
};

it.each(formatRows.map((row) => [row.family, row] as const))(
  "%s: exactly the fields that its row names make a difference",
  (_, { heeds, examples }) => {
    const made = Object.entries(others).filter(([, change]) =>
      examples.some((format) => {
        const [a, b] = [values(format, {}), values(format, change)];
        return a.some((value, i) => value !== b[i]);
      }),
    );
    expect(made.map(([field]) => field).sort()).toEqual([...heeds].sort());
  },
);
