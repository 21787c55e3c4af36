// Which answers became which: the changes of the confusion matrix, the most frequent first.

import type { CompareReport } from "@bitscape/engine";
import { barsPicture } from "../charts/barsPicture.ts";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { ArrowIcon } from "../ui/icons.tsx";
import { formatCount } from "../ui/numbers.ts";
import { confusionsCsv } from "./csv.ts";
import { className } from "./words.ts";

const SHOWN = 8;

/** Bars in its file. */
const DRAWN = 24;

export function Confusions({ report }: { readonly report: CompareReport }) {
  const { confusions, classes, done, n } = report;
  if (confusions.length === 0) return null;
  const bars = confusions.slice(0, DRAWN).map(({ from, to, count }) => ({
    name: `${className(classes, from)} → ${className(classes, to)}`,
    value: count,
    text: formatCount(count),
  }));
  return (
    <section className="confusions">
      <div className="compare-heading">
        <h3>Answers that changed</h3>
        <SaveMenu
          label="Save the answers that changed"
          name="answers-changed"
          title="Answers that changed: float → quantized"
          source={`measured, n=${formatCount(n)}`}
          picture={(dark) =>
            barsPicture({ bars, axis: "samples", most: Math.max(...bars.map(({ value }) => value)), dark })
          }
          csv={() => confusionsCsv(report)}
        />
      </div>
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
