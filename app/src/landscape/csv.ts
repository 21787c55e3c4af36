// Pictures as tables of comma-separated values: one row a point, its place on the axes first. What is not known is empty.

import type {
  CouplingReport,
  OptimizeReport,
  OptimizeStep,
  StepSlice,
  WeightSlice,
  WeightSurface,
} from "@bitscape/engine";
import { tensorName } from "../state/landscape/tensors.ts";
import { csv, type Entry } from "../ui/csv.ts";

/** Names of the columns, then a row each. */
const csvOf = (head: readonly string[], rows: readonly (readonly Entry[])[]) => csv([head, ...rows]);

/** Row-major, as the slice holds it. */
export function stepCsv({ axes: [a, b], loss, metric }: StepSlice): string {
  const head = [`clip of ${tensorName(a.of)}`, `clip of ${tensorName(b.of)}`, metric];
  return csvOf(head, grid(a.values, b.values, loss));
}

/** Of a plane: one surface. */
export function planeCsv({ axes, metric }: WeightSlice, { loss }: WeightSurface): string {
  const [a, b] = axes;
  if (!b) throw new Error("landscape: a path, expected a plane");
  return csvOf([a.label, b.label, metric], grid(a.values, b.values, loss));
}

/** Of a path: a column for each network. */
export function pathCsv({ axes: [axis], surfaces, metric }: WeightSlice): string {
  const rows = Array.from(axis.values, (value, i) => [
    value,
    ...surfaces.map(({ loss }) => loss[i] as number),
  ]);
  return csvOf([axis.label, ...surfaces.map(({ of }) => `${metric}, ${of}`)], rows);
}

/** Every two tensors, each pair once in each order. */
export function couplingCsv({ of, matrix }: CouplingReport): string {
  const names = of.map(tensorName);
  const rows = names.flatMap((a, i) => names.map((b, j) => [a, b, matrix[i * of.length + j] as number]));
  return csvOf(["row", "column", "coupling"], rows);
}

export const traceCsv = (trace: readonly OptimizeStep[]) =>
  csvOf(
    ["evaluation", "loss", "best", "phase", "start"],
    trace.map(({ evaluation, loss, best, phase, start }) => [evaluation, loss, best, phase, start ?? null]),
  );

export const clipsCsv = ({ of, before, after }: OptimizeReport) =>
  csvOf(
    ["tensor", "clip before", "clip after"],
    of.map((tensor, i) => [tensorName(tensor), before[i] as number, after[i] as number]),
  );

function grid(
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
  values: ArrayLike<number>,
): (readonly Entry[])[] {
  return Array.from({ length: rows.length * columns.length }, (_, k) => [
    rows[Math.floor(k / columns.length)] as number,
    columns[k % columns.length] as number,
    values[k] as number,
  ]);
}
