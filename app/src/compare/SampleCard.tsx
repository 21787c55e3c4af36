// One sample: what the network was given, and what float and quantized say of it.

import type { Answers, ComparedSample } from "@bitscape/engine";
import { formatDivergence, formatPercent } from "../ui/numbers.ts";
import { InputPicture } from "./InputPicture.tsx";
import { ValuesPicture } from "./ValuesPicture.tsx";
import { className, sampleName } from "./words.ts";

interface Props {
  readonly sample: ComparedSample;
  readonly classes: readonly string[] | null;
  readonly metric: string;
}

export function SampleCard({ sample, classes, metric }: Props) {
  const { label, divergence, flipped, input, answers } = sample;
  return (
    <li className="sample-card" data-flipped={flipped || undefined}>
      <InputPicture input={input} />
      <div className="sample-words">
        <p className="sample-head" title={sample.name ?? undefined}>
          <span className="sample-name">
            {label === null ? sampleName(sample) : className(classes, label)}
          </span>
          <span className="quiet">
            {metric === "kl" ? "KL" : "error"} {formatDivergence(divergence)}
          </span>
        </p>
        {answers.kind === "classes" ? (
          <>
            <Said who="float" guess={answers.float} classes={classes} label={label} />
            <Said who="quantized" guess={answers.quantized} classes={classes} label={label} />
          </>
        ) : (
          <ValuesPicture float={answers.float} quantized={answers.quantized} />
        )}
      </div>
    </li>
  );
}

interface SaidProps {
  readonly who: string;
  readonly guess: Extract<Answers, { kind: "classes" }>["float"];
  readonly classes: readonly string[] | null;
  readonly label: number | null;
}

function Said({ who, guess: [best], classes, label }: SaidProps) {
  if (!best) return null;
  const right = label === null ? undefined : best.class === label;
  return (
    <p className="said" data-right={right}>
      <span className="quiet">{who}</span>
      <span className="said-class" title={className(classes, best.class)}>
        {className(classes, best.class)}
        {right !== undefined && <span className="hidden">{right ? ", right" : ", wrong"}</span>}
      </span>
      <span>{formatPercent(best.probability)} %</span>
    </p>
  );
}
