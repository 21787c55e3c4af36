// How the errors of two layers meet at the output, for the weights of all layers at one column.

import type { Column } from "@bitscape/engine";
import { useEffect, useMemo, useState } from "react";
import { shortName } from "../layers/formats.ts";
import { columnKey, columnsOf } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { askPairs, endPairs } from "../state/sweep/sweeps.ts";
import { formatCount, formatDivergence } from "../ui/numbers.ts";
import { PanelState } from "../ui/PanelState.tsx";
import { Segments } from "../ui/Segments.tsx";
import { PairMatrix } from "./PairMatrix.tsx";
import { effectWords, largestPairs, together } from "./pairs.ts";

const listed = 8;

export function Interactions({ unit }: { readonly unit: string }) {
  const layers = useStore((state) => state.model?.layers);
  const recipe = useStore((state) => state.recipe);
  const pairs = useStore((state) => state.pairs);
  const asked = useStore((state) => state.pairsAsked);
  const columns = useMemo(
    () =>
      columnsOf(
        recipe,
        (layers ?? []).map(({ id }) => id),
        "weight",
      ),
    [recipe, layers],
  );
  const [chosen, setChosen] = useState(pairs?.bits ?? null);
  const wanted =
    columns.find((column) => column === chosen) ?? columns.find((column) => column === 4) ?? columns[0];
  useEffect(() => {
    if (wanted !== undefined) askPairs(wanted);
    return endPairs;
  }, [wanted]);
  const current = pairs?.bits === wanted && pairs?.key === columnKey(recipe, "weight") ? pairs : null;
  return (
    <section className="interactions" aria-label="Interactions">
      <div className="trust-row">
        <span className="quiet">All weights at</span>
        <Segments
          label="Bits of the interactions"
          value={String(wanted)}
          options={columns.map((column) => ({ value: String(column), text: shortName(column) }))}
          onChange={(value) => setChosen(columnNamed(columns, value))}
        />
      </div>
      {current ? (
        <div className="trust-columns">
          <PairMatrix pairs={current} unit={unit} />
          <div>
            <h3>What adds most, or takes most away</h3>
            <ol className="pair-list">
              {largestPairs(current, listed).map((pair) => (
                <li key={`${pair.a} ${pair.b}`}>
                  <strong>
                    {pair.a} × {pair.b}
                  </strong>
                  <span className="quiet">{effectWords(pair, unit)}</span>
                </li>
              ))}
            </ol>
            <Sum
              alone={together(current).alone}
              between={together(current).between}
              unit={unit}
              n={current.n}
            />
          </div>
        </div>
      ) : (
        <PanelState
          kind={asked === null ? "failed" : "loading"}
          {...(asked === null &&
            wanted !== undefined && { action: { label: "Try again", act: () => askPairs(wanted) } })}
        >
          {asked === null
            ? "Not known: finding them failed or was cancelled."
            : "Multiplying the layers’ errors…"}
        </PanelState>
      )}
    </section>
  );
}

function Sum({ alone, between, unit, n }: { alone: number; between: number; unit: string; n: number }) {
  return (
    <p className="pair-sum">
      Each layer alone: {formatDivergence(alone)} in all; interactions {between < 0 ? "take away" : "add"}{" "}
      {formatDivergence(Math.abs(between))} ({unit}, predicted, n={formatCount(n)}).
    </p>
  );
}

const columnNamed = (columns: readonly Column[], name: string) =>
  columns.find((column) => String(column) === name) ?? name;
