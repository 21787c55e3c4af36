// A picture of loss as a table, for those who cannot see it: every few rows and columns, as many as can be read.

import type { PlotAxis } from "../charts/plotAxis.ts";
import { formatDivergence } from "../ui/numbers.ts";

interface Props {
  readonly axes: readonly [PlotAxis, PlotAxis];
  /** Row-major; NaN where not known. */
  readonly values: ArrayLike<number>;
  readonly caption: string;
}

const most = 11;

export function SliceTable({ axes: [rows, columns], values, caption }: Props) {
  const [down, across] = [picked(rows.values.length), picked(columns.values.length)];
  return (
    <details className="slice-table">
      <summary>As a table</summary>
      <div className="slice-scroll">
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th className="slice-corner">{`${rows.label} ↓, ${columns.label} →`}</th>
              {across.map((j) => (
                <th key={j} scope="col">
                  {(columns.values[j] as number).toPrecision(3)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {down.toReversed().map((i) => (
              <tr key={i}>
                <th scope="row">{(rows.values[i] as number).toPrecision(3)}</th>
                {across.map((j) => {
                  const value = values[i * columns.values.length + j] as number;
                  return <td key={j}>{Number.isNaN(value) ? "" : formatDivergence(value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** Indices from the first to the last, evenly. */
function picked(count: number): number[] {
  const shown = Math.min(most, count);
  return Array.from({ length: shown }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, shown - 1)));
}
