// landscape --kind weight: the loss along directions of the weights, for float and for each width.

import {
  type WeightSlice,
  type WeightSliceRequest,
  WeightSurfaces,
  wantsActivations,
} from "@bitscape/engine";
import { integer, number } from "../../flags.ts";
import { table } from "../../text.ts";
import { Usage } from "../../usage.ts";
import { type Asked, rangesFor, rowsOf, type Shown, untilStopped, widths } from "./asked.ts";

const directionNames: readonly WeightSliceRequest["directions"][] = ["path", "random", "hessian"];

export async function weightSlice(asked: Asked): Promise<Shown> {
  const { job, study, recipe, samples, grid, between } = asked;
  const directions = (job.values.directions ?? "path") as WeightSliceRequest["directions"];
  if (!directionNames.includes(directions)) {
    throw new Usage(`--directions: ${directions}, expected ${directionNames.join(", ")}`);
  }
  const asWidths = widths(asked);
  const bits = asWidths.length > 0 ? asWidths : recipe ? (["recipe"] as const) : [4];
  const radius = number(job.values, "radius");
  const ranges = await rangesFor(asked, recipe !== undefined && wantsActivations(recipe));
  const surface = new WeightSurfaces(
    study,
    {
      ...{ kind: "weight", directions, bits, grid, samples, seed: integer(job.values, "seed") ?? 0 },
      ...(radius !== undefined && { radius }),
      ...(recipe && { recipe }),
    },
    ranges,
  );
  const slice = await untilStopped<WeightSlice>(job.signal, (onSlice) => surface.fill({ between, onSlice }));
  const columns = (slice.axes.at(-1)?.values.length ?? 1) as number;
  const [first, second] = slice.axes;
  return {
    json: {
      axes: slice.axes.map(({ label, values }) => ({ of: label, values: [...values] })),
      metric: slice.metric,
      n: slice.n,
      // Of one surface the plain grid, as of a step slice; of several one beside the other.
      loss: slice.surfaces.length === 1 ? rowsOf(slice.surfaces[0]?.loss as Float64Array, columns) : null,
      points: slice.surfaces.flatMap(({ points }) => points),
      interaction: null,
      coupling: null,
      surfaces: slice.surfaces.map(({ of, loss, points, flatness }) => ({
        of,
        loss: rowsOf(loss, columns),
        points,
        flatness,
      })),
    },
    text: [
      `${slice.metric} along ${slice.axes.map(({ label }) => label).join(" and ")}, ${slice.n} samples`,
      "",
      table(
        ["weights", "centre", "flatness"],
        slice.surfaces.map(({ of, points, flatness }) => [
          of,
          points[0]?.loss?.toPrecision(4) ?? "–",
          flatness?.toPrecision(4) ?? "–",
        ]),
      ),
    ].join("\n"),
    csv: [
      ["weights", ...slice.axes.map(({ label }) => label), slice.metric],
      ...slice.surfaces.flatMap(({ of, loss }) =>
        [...loss].map((each, k): (string | number)[] => [
          of,
          ...(second
            ? [first.values[Math.floor(k / columns)] as number, second.values[k % columns] as number]
            : [first.values[k] as number]),
          each,
        ]),
      ),
    ],
    done: slice.done,
  };
}
