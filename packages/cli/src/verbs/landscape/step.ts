// landscape --kind step: the loss over the clips of two tensors.

import {
  innerActivations,
  layerOf,
  type StepOf,
  type StepSlice,
  StepSurface,
  type Study,
  type Target,
  wantsActivations,
} from "@bitscape/engine";
import { list } from "../../flags.ts";
import { table } from "../../text.ts";
import { Usage } from "../../usage.ts";
import { type Asked, nameOf, rangesFor, rowsOf, type Shown, untilStopped, widths } from "./asked.ts";

/** A layer with what of it is meant: its activations where it has some and nothing is said. */
export function stepOf(text: string, study: Study): StepOf {
  const [, id, target] = /^(.*?)(?::(weight|activation))?$/.exec(text) as unknown as [
    string,
    string,
    Target?,
  ];
  const layer = layerOf(study.network, id);
  const of = { layer: id, target: target ?? (layer.points.length > 0 ? "activation" : "weight") } as const;
  if ((of.target === "weight" ? layer.weights : layer.points).length === 0) {
    throw new Usage(`--of: ${text}, expected a layer that has a ${of.target} to quantize`);
  }
  return of;
}

function twoSteps({ job, study }: Asked): readonly [StepOf, StepOf] {
  const found =
    list(job.values, "of")?.map((text) => stepOf(text, study)) ?? innerActivations(study.network, 2);
  const [first, second] = found;
  if (!first || !second || found.length > 2) {
    throw new Usage(`--of: ${found.length} tensors, expected two`);
  }
  return [first, second];
}

export async function stepSlice(asked: Asked): Promise<Shown> {
  const { job, study, recipe, samples, grid, between } = asked;
  const of = twoSteps(asked);
  const [bits = recipe ? undefined : 4, ...more] = widths(asked);
  if (more.length > 0) throw new Usage("--bits: several, expected one width for a step slice");
  const scale = job.values.axes ?? "linear";
  if (scale !== "linear" && scale !== "log") throw new Usage(`--axes: ${scale}, expected linear or log`);
  const activations = of.some(({ target }) => target === "activation");
  const ranges = await rangesFor(asked, activations || (recipe !== undefined && wantsActivations(recipe)));
  const surface = new StepSurface(
    study,
    {
      ...{ kind: "step", of, grid, samples, scale },
      ...(bits !== undefined && { bits }),
      ...(recipe && { recipe }),
    },
    ranges,
  );
  const slice = await untilStopped<StepSlice>(job.signal, (onSlice) => surface.fill({ between, onSlice }));
  const rows = rowsOf(slice.loss, slice.axes[1].values.length);
  const [a, b] = slice.axes;
  return {
    json: {
      axes: slice.axes.map(({ values, ...axis }) => ({ ...axis, of: nameOf(axis.of), values: [...values] })),
      metric: slice.metric,
      n: slice.n,
      loss: rows,
      points: slice.points,
      interaction: slice.interaction,
      coupling: slice.coupling,
      curvature: slice.curvature,
    },
    text: [
      `${slice.metric} over the clips of ${nameOf(a.of)} (${a.format}) and ${nameOf(b.of)} (${b.format}), ${slice.n} samples`,
      `interaction ${percent(slice.interaction)}, coupling ${slice.coupling?.toPrecision(3) ?? "–"}, curvature ${slice.curvature?.toPrecision(3) ?? "–"}`,
      "",
      table(
        ["point", nameOf(a.of), nameOf(b.of), slice.metric],
        slice.points.map(({ name, at, loss }) => [
          name,
          at[0].toPrecision(3),
          at[1].toPrecision(3),
          loss?.toPrecision(4) ?? "–",
        ]),
      ),
    ].join("\n"),
    csv: [
      [nameOf(a.of), nameOf(b.of), slice.metric],
      ...rows.flatMap((row, i) => row.map((loss, j) => [a.values[i] as number, b.values[j] as number, loss])),
    ],
    done: slice.done,
  };
}

const percent = (share: number | null) => (share === null ? "–" : `${(100 * share).toPrecision(3)} %`);
