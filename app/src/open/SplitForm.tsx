// Which samples calibrate and which are evaluated: how many, in which order, and whether the two may overlap.

import { enoughApart, type SplitOptions } from "@bitscape/engine";
import { useEffect, useState } from "react";
import { resplit } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { NumberField } from "../ui/NumberField.tsx";
import { formatCount } from "../ui/numbers.ts";
import { Segments } from "../ui/Segments.tsx";
import { Term } from "../ui/Term.tsx";
import { allEvaluated, type Draft, draftOf, faultOf, splitOf, wordsOf } from "./splitting.ts";

export function SplitForm() {
  const data = useStore((state) => state.data);
  const kept = useStore((state) => state.dataRequest.split);
  const opening = useStore((state) => state.opening !== null);
  const [draft, setDraft] = useState<Draft | null>(null);
  // What is kept changed: a draft of what it was is of no use.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the draft is dropped when either changes
  useEffect(() => setDraft(null), [kept, data?.size]);
  if (!data) return null;
  const now = draft ?? draftOf(kept, data);
  const change = (fields: Partial<Draft>) => setDraft({ ...now, ...fields });
  const fault = faultOf(now, data);
  const apply = (split: SplitOptions | undefined) => void resplit(split);
  return (
    <section aria-label="Split" className="split">
      <p>
        {wordsOf(data)}
        {kept?.apart && <HowApart overlap={now.overlap} />}
      </p>
      <div className="split-row">
        {kept?.apart && !now.overlap ? (
          <Button size="small" disabled={opening} onClick={() => apply(allEvaluated(data))}>
            Evaluate all {formatCount(data.size)}
          </Button>
        ) : (
          <Button size="small" disabled={opening || data.size < enoughApart} onClick={() => apply(undefined)}>
            Keep them apart
          </Button>
        )}
        <span className="quiet">or choose:</span>
      </div>
      <div className="split-row">
        <span>Samples</span>
        <Segments
          label="Calibration and evaluation"
          value={now.overlap ? "both" : "apart"}
          options={[
            { value: "apart", text: "kept apart" },
            { value: "both", text: "all evaluated" },
          ]}
          onChange={(value) => change({ overlap: value === "both" })}
        />
      </div>
      {now.overlap && (
        <p className="warning">
          Samples that calibrate are evaluated too: ranges fit them, so what is measured flatters a little.
        </p>
      )}
      <div className="split-row">
        <Term of="calibration">Calibration</Term>
        <NumberField
          label="Calibration"
          value={now.calibration}
          min={1}
          max={now.unit === "share" ? 99 : data.size}
          whole
          onChange={(calibration) => change({ calibration })}
        />
        <Segments
          label="Calibration counted in"
          value={now.unit}
          options={[
            { value: "samples", text: "samples" },
            { value: "share", text: "%" },
          ]}
          onChange={(unit) => change(inUnit(now, unit as Draft["unit"], data.size))}
        />
      </div>
      {!now.overlap && (
        <div className="split-row">
          <span>Evaluation</span>
          <Segments
            label="Evaluation samples"
            value={now.evaluation === null ? "rest" : "some"}
            options={[
              { value: "rest", text: "the rest" },
              { value: "some", text: "so many" },
            ]}
            onChange={(value) =>
              change({
                evaluation: value === "rest" ? null : Math.max(1, data.size - calibrationOf(now, data.size)),
              })
            }
          />
          {now.evaluation !== null && (
            <NumberField
              label="Evaluation"
              value={now.evaluation}
              min={1}
              max={data.size}
              whole
              onChange={(evaluation) => change({ evaluation })}
            />
          )}
        </div>
      )}
      <div className="split-row">
        <span>Order</span>
        <Segments
          label="Order of samples"
          value={now.seed === null ? "own" : "shuffled"}
          options={[
            { value: "own", text: "as they come" },
            { value: "shuffled", text: "shuffled" },
          ]}
          onChange={(value) => change({ seed: value === "own" ? null : 0 })}
        />
        {now.seed !== null && (
          <>
            <span>seed</span>
            <NumberField
              label="Seed of the split"
              value={now.seed}
              min={0}
              max={2 ** 31 - 1}
              whole
              onChange={(seed) => change({ seed })}
            />
          </>
        )}
      </div>
      <label className="split-row">
        <input
          type="checkbox"
          checked={now.stratified}
          disabled={!data.labelled}
          onChange={(event) => change({ stratified: event.target.checked })}
        />
        By label: each class has its share of both parts
        {!data.labelled && <span className="quiet">(needs labels)</span>}
      </label>
      {fault && <p className="failure">{fault}</p>}
      <div className="split-row">
        <Button
          kind="primary"
          size="small"
          // A number that was just typed becomes the draft's when the field is left, by this very click.
          disabled={fault !== null || opening}
          onClick={() => draft && apply(splitOf(draft))}
        >
          Use this split
        </Button>
        <span className="quiet">Measured on n={formatCount(evaluationOf(now, data.size))}.</span>
      </div>
    </section>
  );
}

/** How data are split where nobody says how. */
function HowApart({ overlap }: { readonly overlap: boolean }) {
  return (
    <span className="quiet">
      {" "}
      {overlap
        ? `Fewer than ${enoughApart} are too few to set any aside.`
        : "A quarter, at most 128, are set aside to calibrate: shuffled, and by label where there are labels."}
    </span>
  );
}

const calibrationOf = (draft: Draft, size: number) =>
  draft.unit === "share" ? Math.round((draft.calibration / 100) * size) : draft.calibration;

const evaluationOf = (draft: Draft, size: number) =>
  draft.overlap ? size : (draft.evaluation ?? Math.max(0, size - calibrationOf(draft, size)));

/** The same amount in the other unit. */
function inUnit(draft: Draft, unit: Draft["unit"], size: number): Partial<Draft> {
  if (unit === draft.unit) return {};
  const { calibration } = draft;
  return unit === "share"
    ? { unit, calibration: Math.min(99, Math.max(1, Math.round((100 * calibration) / size))) }
    : { unit, calibration: Math.max(1, Math.round((calibration / 100) * size)) };
}
