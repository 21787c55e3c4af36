// What a row costs a device, float and now; nothing where no cost is shown. And the column's head.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus moves among the cells and names

import type { LayerSummary } from "@bitscape/engine";
import { costTogether } from "../state/budget/costs.ts";
import { useCosts } from "./useCosts.ts";
import "./cost.css";

/** Pixels; as in cost.css. */
export const costWidth = (narrow: boolean) => (narrow ? 64 : 112);

interface Props {
  /** Of the row, as its name says it. */
  readonly name: string;
  readonly layers: readonly LayerSummary[];
}

export function CostCell({ name, layers }: Props) {
  const costs = useCosts();
  if (!costs) return null;
  const { words, rows } = costs;
  const own = costTogether(layers, rows);
  const write = (value: number) => (Number.isNaN(value) ? "…" : words.write(value));
  return (
    <div className="heat-cost" role="gridcell">
      <span className="hidden">{`${name}, ${words.title.toLowerCase()}, `}</span>
      {own ? (
        <>
          <span className="heat-float">{write(own.float)}</span>
          <span className="hidden"> float, </span>
          <span className="heat-now" data-less={own.now < own.float || undefined}>
            {write(own.now)}
          </span>
          <span className="hidden"> now</span>
        </>
      ) : (
        <span className="hidden">not known</span>
      )}
    </div>
  );
}

export function CostHead() {
  const costs = useCosts();
  if (!costs) return null;
  const { words, source } = costs;
  return (
    <div className="heat-cost" role="columnheader" aria-label={`${words.title}, ${source}`} title={source}>
      <span className="heat-float">{words.unit}</span>
      <span className="heat-now">now</span>
    </div>
  );
}
