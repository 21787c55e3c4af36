// landscape --kind coupling: how far the clips of all tensors can be chosen apart from each other.

import { type CouplingReport, couplingMatrix, type Target, wantsActivations } from "@bitscape/engine";
import { list } from "../../flags.ts";
import { table } from "../../text.ts";
import { Usage } from "../../usage.ts";
import { type Asked, nameOf, rangesFor, rowsOf, type Shown, untilStopped, widths } from "./asked.ts";

export async function coupling(asked: Asked): Promise<Shown> {
  const { job, study, recipe, samples, between } = asked;
  const [bits = 4, ...more] = widths(asked);
  if (more.length > 0) throw new Usage("--bits: several, expected one width for a coupling matrix");
  const targets = (list(job.values, "targets") ?? ["activation"]) as Target[];
  if (targets.some((target) => target !== "weight" && target !== "activation")) {
    throw new Usage(`--targets: ${targets.join()}, expected weight, activation or both`);
  }
  const wants = targets.includes("activation") || (recipe !== undefined && wantsActivations(recipe));
  const ranges = await rangesFor(asked, wants);
  const request = { bits, targets, samples, ...(recipe && { recipe }) };
  const report = await untilStopped<CouplingReport>(job.signal, (onReport) =>
    couplingMatrix({ study, ranges, request, between, onReport }),
  );
  const names = report.of.map(nameOf);
  const rows = rowsOf(report.matrix, names.length);
  const pairs = rows
    .flatMap((row, i) =>
      row.slice(0, i).map((value, j) => [names[j] as string, names[i] as string, value] as const),
    )
    .filter(([, , value]) => Number.isFinite(value));
  const mean = pairs.reduce((sum, [, , value]) => sum + value, 0) / pairs.length;
  return {
    json: { bits, of: names, matrix: rows, mean, metric: report.metric, n: report.n },
    text: [
      `coupling of ${names.length} clips at ${bits} bits: ${mean.toPrecision(3)} on average, ${report.n} samples`,
      "",
      table(
        ["first", "second", "coupling"],
        pairs
          .toSorted((x, y) => y[2] - x[2])
          .slice(0, 12)
          .map(([a, b, value]) => [a, b, value.toPrecision(3)]),
      ),
    ].join("\n"),
    csv: [["", ...names], ...rows.map((row, i) => [names[i] as string, ...row])],
    done: report.done,
  };
}
