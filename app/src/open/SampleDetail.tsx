// One sample large: the picture, the numbers as the network is fed them, and what the float network says of it.

import type { LookRequest, SampleView } from "@bitscape/engine";
import { InputPicture } from "../compare/InputPicture.tsx";
import { className } from "../compare/words.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { formatCount, formatPercent, formatValue } from "../ui/numbers.ts";
import { useSamples } from "./useSamples.ts";

interface Props {
  readonly of: LookRequest["of"];
  /** Its place among those shown. */
  readonly at: number;
  readonly onMove: (at: number) => void;
  readonly onClose: () => void;
}

const LARGE = 280;

export function SampleDetail({ of, at, onMove, onClose }: Props) {
  const asked = { of, from: at, count: 1, side: 512 } as const;
  const undone = useSamples({ ...asked, as: "undone" });
  const fed = useSamples({ ...asked, as: "fed" });
  const sample = undone.page?.samples[0];
  const numbers = fed.page?.samples[0];
  const total = undone.page?.of ?? 0;
  const image = sample?.input.kind === "image";
  return (
    <Dialog
      title={sample?.name?.split("/").at(-1) ?? `Sample ${formatCount(sample?.index ?? at)}`}
      open
      onOpenChange={(open) => !open && onClose()}
      width={image ? 680 : 520}
    >
      {sample ? (
        <div className="sample-detail">
          <div className="sample-detail-pictures">
            <figure>
              <InputPicture input={sample.input} size={LARGE} large />
              {image && <figcaption>as a picture, the preprocessing undone</figcaption>}
            </figure>
            {image && numbers && (
              <figure>
                <InputPicture input={numbers.input} size={LARGE} large />
                <figcaption>
                  as fed: black {formatValue(numbers.low)}, white {formatValue(numbers.high)}
                </figcaption>
              </figure>
            )}
          </div>
          <Facts sample={sample} />
          <div className="sample-detail-foot">
            <Button size="small" disabled={at === 0} onClick={() => onMove(at - 1)}>
              Previous
            </Button>
            <span>
              {formatCount(at + 1)} of {formatCount(total)}
            </span>
            <Button size="small" disabled={at + 1 >= total} onClick={() => onMove(at + 1)}>
              Next
            </Button>
          </div>
        </div>
      ) : (
        <p className="quiet">{undone.failure ?? "Looking…"}</p>
      )}
    </Dialog>
  );
}

function Facts({ sample }: { readonly sample: SampleView }) {
  const { label, labelName, answers, low, high, mean, calibrates, evaluated, right } = sample;
  const use = [calibrates && "calibration", evaluated && "evaluation"].filter(Boolean).join(" and ");
  return (
    <dl className="facts">
      {label !== null && (
        <>
          <dt>Label</dt>
          <dd>
            {labelName === String(label) ? className(null, label) : labelName}{" "}
            {labelName !== String(label) && <span className="quiet">output {label}</span>}
          </dd>
        </>
      )}
      <dt>Input numbers</dt>
      <dd>
        {formatValue(low)} to {formatValue(high)}, mean {formatValue(mean)}
      </dd>
      <dt>Used for</dt>
      <dd>{use || "nothing: neither part of the split has it"}</dd>
      {answers && answers.length > 0 && (
        <>
          <dt>Float network</dt>
          <dd>
            <ol className="sample-answers">
              {answers.map((answer, i) => (
                <li key={answer.class} data-right={(i === 0 && right) || undefined}>
                  <span>{answer.name ?? className(null, answer.class)}</span>
                  <span className="sample-answer-bar" aria-hidden="true">
                    <span style={{ width: `${100 * answer.probability}%` }} />
                  </span>
                  <span>{formatPercent(answer.probability)} %</span>
                </li>
              ))}
            </ol>
            {right !== null && <span>{right ? "Right." : "Wrong."}</span>}
          </dd>
        </>
      )}
    </dl>
  );
}
