// Which answers became which: the changes of the confusion matrix, the most frequent first.

import type { CompareReport } from "@bitscape/engine";
import { ArrowIcon } from "../ui/icons.tsx";
import { formatCount } from "../ui/numbers.ts";
import { className } from "./words.ts";

const SHOWN = 8;

export function Confusions({ report: { confusions, classes, done } }: { readonly report: CompareReport }) {
  if (confusions.length === 0) return null;
  return (
    <section className="confusions">
      <h3>Answers that changed</h3>
      <table>
        <thead className="hidden">
          <tr>
            <th>float</th>
            <th>quantized</th>
            <th>samples</th>
          </tr>
        </thead>
        <tbody>
          {confusions.slice(0, SHOWN).map(({ from, to, count }) => (
            <tr key={`${from} ${to}`}>
              <td>{className(classes, from)}</td>
              <td>
                <ArrowIcon /> {className(classes, to)}
              </td>
              <td>{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {done && confusions.length > SHOWN && (
        <p className="quiet">and {formatCount(confusions.length - SHOWN)} more kinds, in the CSV</p>
      )}
    </section>
  );
}
