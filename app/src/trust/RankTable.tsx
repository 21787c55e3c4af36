// Spearman's rank correlation of predicted and measured, column by column, each with its number of cells.

import { columnColour } from "../charts/colour.ts";
import { shortName } from "../layers/formats.ts";
import { bitsName } from "../layers/words.ts";
import { storageBits } from "../state/edits.ts";
import type { ColumnAgreement } from "../state/sweep/agreement.ts";
import { Term } from "../ui/Term.tsx";
import { useDark } from "../ui/theme.ts";

export function RankTable({ columns }: { readonly columns: readonly ColumnAgreement[] }) {
  const dark = useDark();
  const all = [...new Set(columns.map(({ bits }) => bits))].sort(
    (a, b) =>
      Number(typeof a === "string") - Number(typeof b === "string") || storageBits(a) - storageBits(b),
  );
  return (
    <table className="ranks">
      <caption className="hidden">Agreement of predicted and measured cells</caption>
      <thead>
        <tr>
          <th rowSpan={2} scope="col">
            bits
          </th>
          <th colSpan={3} scope="colgroup">
            weights
          </th>
          <th colSpan={3} scope="colgroup">
            activations
          </th>
        </tr>
        <tr>
          {["weight", "activation"].map((target) => [
            <th key={`${target} ρ`} scope="col">
              <Term of="spearman">Spearman</Term>
            </th>,
            <th key={`${target} ratio`} scope="col">
              <Term of="ratio">ratio</Term>
            </th>,
            <th key={`${target} n`} scope="col">
              n
            </th>,
          ])}
        </tr>
      </thead>
      <tbody>
        {all.map((bits) => (
          <tr key={bits}>
            <th scope="row" title={bitsName({ bits })}>
              <i style={{ background: columnColour(storageBits(bits), dark) }} />
              {shortName(bits)}
            </th>
            {(["weight", "activation"] as const).map((target) => {
              const found = columns.find((column) => column.target === target && column.bits === bits);
              return [
                <td key={`${target} ρ`}>{found?.spearman == null ? "–" : found.spearman.toFixed(2)}</td>,
                <td key={`${target} ratio`}>{found ? ratioText(found.ratio) : "–"}</td>,
                <td key={`${target} n`}>{found?.n ?? "–"}</td>,
              ];
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const ratioText = (ratio: number) => (Number.isFinite(ratio) ? `×${Number(ratio.toPrecision(2))}` : "–");
