// Saves the distribution of a tensor's values, with its grid.

import type { HistogramReport } from "@bitscape/engine";
import type { RefObject } from "react";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { csv } from "../ui/csv.ts";

interface Props {
  readonly layer: string;
  /** "weights", "activations". */
  readonly values: string;
  readonly report: HistogramReport;
  /** What the chart is in. */
  readonly of: RefObject<HTMLElement | null>;
}

export const SaveDistribution = ({ layer, values, report, of }: Props) => (
  <SaveMenu
    label={`Save the distribution of ${values}`}
    name={`${layer}.${values}`}
    title={`Distribution of the ${values} of ${layer}`}
    source={`count on a logarithmic scale${report.grid.length > 0 ? `; marks below: the grid of ${report.grid.length} values` : ""}`}
    picture={() => of.current?.querySelector<SVGSVGElement>(".histogram > svg")}
    csv={() => binsCsv(report)}
    compact
  />
);

const binsCsv = ({ from, width, counts }: HistogramReport) =>
  csv([
    ["from", "to", "count"],
    ...Array.from(counts, (count, i) => [from + i * width, from + (i + 1) * width, count]),
  ]);
