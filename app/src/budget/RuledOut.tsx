// A veil over the cells of some rows that rules, or columns that may not be used, keep every budget from.

import { type Layout, rowHeight } from "../layers/columns.ts";
import { useBudget } from "../state/budget/store.ts";
import type { Row } from "../state/rows/rows.ts";
import { cellKey } from "../state/sweep/known.ts";
import "./lock.css";

export function RuledOut({ rows, layout }: { readonly rows: readonly Row[]; readonly layout: Layout }) {
  const out = useBudget((state) => state.ruledOut);
  if (out.size === 0) return null;
  const veils = rows.flatMap((row, i) =>
    row.kind === "layer"
      ? layout.columns.flatMap(({ target, bits }, column) => {
          const key = cellKey(row.layer.id, target, bits);
          return out.has(key) ? [{ key, i, column }] : [];
        })
      : [],
  );
  return (
    <div className="heat-veils" aria-hidden="true" style={{ width: layout.width }}>
      {veils.map(({ key, i, column }) => (
        <i
          key={key}
          className="ruled-out"
          style={{
            top: i * rowHeight + 1,
            height: rowHeight - 2,
            left: (layout.lefts[column] as number) + 1,
            width: (layout.widths[column] as number) - 2,
          }}
        />
      ))}
    </div>
  );
}
