// The table of labels: what the data call a class, how often, which output it is, and what the float network answers to it.

import type { LabelReport, MappedLabel } from "@bitscape/engine";
import { useState } from "react";
import { Button } from "../ui/Button.tsx";
import { formatCount } from "../ui/numbers.ts";
import { TextField } from "../ui/TextField.tsx";
import { readOutput, writeOutput } from "./labelling.ts";

interface Props {
  readonly report: LabelReport;
  readonly wanted: Readonly<Record<string, number>>;
  readonly fixed: boolean;
  readonly onChange: (label: string, output: number) => void;
}

const PAGE = 50;

export function LabelRows({ report, wanted, fixed, onChange }: Props) {
  const [from, setFrom] = useState(0);
  const { rows } = report;
  const shown = rows.slice(from, from + PAGE);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="label-table" aria-label="Labels and outputs" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Label</th>
              <th scope="col">n</th>
              <th scope="col">Output</th>
              <th scope="col">The float network mostly answers</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.label} data-odd={isOdd(row, wanted[row.label]) || undefined}>
                <th scope="row">{row.label}</th>
                <td>{formatCount(row.count)}</td>
                <td>
                  <TextField
                    label={`Output for ${row.label}`}
                    hidden
                    value={writeOutput(wanted[row.label] ?? -1)}
                    disabled={fixed}
                    read={(text) => readOutput(text, report)}
                    onChange={(output) => onChange(row.label, output)}
                  />
                  {outputName(report, wanted[row.label] ?? -1)}
                </td>
                <td>{answersOf(row, report)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > PAGE && (
        <div className="split-row">
          <Button size="small" disabled={from === 0} onClick={() => setFrom(from - PAGE)}>
            Previous
          </Button>
          <span aria-live="polite">
            Labels {formatCount(from + 1)} to {formatCount(Math.min(rows.length, from + PAGE))} of{" "}
            {formatCount(rows.length)}
          </span>
          <Button size="small" disabled={from + PAGE >= rows.length} onClick={() => setFrom(from + PAGE)}>
            Next
          </Button>
        </div>
      )}
    </>
  );
}

/** Most of the answers are another output. */
const isOdd = ({ answers: [first], answered }: MappedLabel, output: number | undefined) =>
  first !== undefined && answered >= 4 && first.class !== output && first.count * 2 > answered;

function outputName({ outputs }: LabelReport, output: number) {
  const name = output >= 0 ? outputs?.[output] : undefined;
  return name ? <span className="quiet">{name}</span> : null;
}

const answersOf = ({ answers, answered }: MappedLabel, { outputs }: LabelReport) =>
  answers
    .slice(0, 3)
    .map(({ class: at, count }) => `${outputs?.[at] || at} ${Math.round((100 * count) / answered)} %`)
    .join(", ");
