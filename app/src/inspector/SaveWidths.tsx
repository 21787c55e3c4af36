// Saves what each width costs one layer.

import type { RefObject } from "react";
import type { BitsPoint } from "../charts/BitsChart.tsx";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { csv, type Entry } from "../ui/csv.ts";

interface Props {
  readonly layer: string;
  readonly points: readonly BitsPoint[];
  /** What the chart is in. */
  readonly of: RefObject<HTMLElement | null>;
}

export const SaveWidths = ({ layer, points, of }: Props) => (
  <SaveMenu
    label="Save the cost of each width"
    name={`${layer}.widths`}
    title={`What each width costs ${layer}, quantized alone`}
    source="weights solid, activations dashed; filled where measured, hollow where predicted; 95 % intervals"
    picture={() => of.current?.querySelector<SVGSVGElement>(".bits-chart > svg")}
    csv={() => widthsCsv(points)}
    disabled={points.length === 0}
    compact
  />
);

function widthsCsv(points: readonly BitsPoint[]): string {
  const rows = points.flatMap(({ bits, name, weight, activation }) =>
    Object.entries({ weight, activation }).flatMap(([target, finding]): Entry[][] =>
      finding
        ? [[target, bits, name, finding.value, finding.low, finding.high, finding.n, finding.source]]
        : [],
    ),
  );
  return csv([["tensor", "bits", "format", "loss", "low", "high", "n", "source"], ...rows]);
}
