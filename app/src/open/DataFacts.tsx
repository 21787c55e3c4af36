// What the data are, in a few lines; what of them was left out, and why.

import type { DataSummary } from "@bitscape/engine";
import { formatCount } from "../ui/numbers.ts";
import { DataMark } from "./DataMark.tsx";
import { FloatScore } from "./FloatScore.tsx";
import { wordsOf } from "./splitting.ts";

export function DataFacts({ data }: { readonly data: DataSummary }) {
  return (
    <>
      <dl className="facts">
        <dt>Data set</dt>
        <dd>
          {data.name} <DataMark />
        </dd>
        <dt>Samples</dt>
        <dd>{wordsOf(data)}</dd>
        <dt>Labels</dt>
        <dd>
          {data.labelled
            ? `yes${data.classes ? `, ${formatCount(data.classes)} classes` : ""}`
            : data.labelProblem
              ? "found, and not used"
              : "none"}
        </dd>
        <dt>Float network</dt>
        <dd>
          <FloatScore />
        </dd>
      </dl>
      {data.kind === "synthetic" && (
        <p className="warning">
          These inputs are made up, so every number rests on them: it shows tendencies, not your accuracy.
        </p>
      )}
      {data.skipped.length > 0 && (
        <section>
          <h3>Left out ({formatCount(data.skipped.length)})</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <ul className="skipped" tabIndex={0} aria-label="Left out">
            {data.skipped.slice(0, 200).map(({ name, reason }) => (
              <li key={name}>
                <strong>{name}</strong> <span className="quiet">{reason}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
