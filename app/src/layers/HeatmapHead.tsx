// The heatmap's head: what the columns are.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus moves among the cells and names

import { terms } from "../ui/terms.ts";
import { CostHead } from "./CostCell.tsx";
import { isNamed, type Layout } from "./columns.ts";
import { shortName } from "./formats.ts";
import { bitsName } from "./words.ts";

export function HeatmapHead({ layout }: { readonly layout: Layout }) {
  const second = layout.columns.findIndex(({ target }) => target === "activation");
  return (
    <div className="heat-head" role="rowgroup">
      <div className="heat-groups" aria-hidden="true">
        <span className="heat-group heat-group-size">Size</span>
        <span className="heat-group" style={{ left: layout.lefts[0] }}>
          <span title={terms.weights}>Weights</span>, bits
        </span>
        <span className="heat-group" style={{ left: layout.lefts[second] }}>
          <span title={terms.activations}>Activations</span>, bits
        </span>
      </div>
      <div className="heat-labels" role="row" aria-rowindex={1}>
        <div className="heat-head-name" role="columnheader">
          Layer
        </div>
        <div className="heat-head-size" role="columnheader" aria-label="Size in the float file and now">
          <span className="heat-float">float</span>
          <span className="heat-now">now</span>
        </div>
        <CostHead />
        <div className="heat-cells" style={{ width: layout.width }}>
          {layout.columns.map(({ target, bits }, i) => (
            <div
              key={`${target}${bits}`}
              role="columnheader"
              className="heat-label"
              aria-label={`${target} ${bitsName({ bits })}`}
              title={bitsName({ bits })}
              data-named={isNamed(bits) || undefined}
              style={{ left: layout.lefts[i], width: layout.widths[i] }}
            >
              {shortName(bits)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
