// A trial's figures: before and after, what they differ by with its interval, and what that comes to.

import type { Contrast } from "@bitscape/engine";
import { formatBytes, formatDivergence, formatPercent } from "../ui/numbers.ts";
import { GainScale, type Span } from "./GainScale.tsx";
import { changeOfAccuracy, changeOfLoss, changeOfSize, outcomeOf, verdictWords } from "./words.ts";

interface Props {
  readonly contrast: Contrast;
  readonly span: Span | null;
}

export function Figures({ contrast, span }: Props) {
  const { before, after, top1, bytes } = contrast;
  return (
    <>
      <td className="method-loss">
        <p>
          {formatDivergence(before.divergence.value)} → <b>{formatDivergence(after.divergence.value)}</b>
        </p>
        {span && (
          <GainScale
            span={span}
            before={before.divergence.value}
            after={after.divergence.value}
            outcome={outcomeOf(contrast)}
          />
        )}
        <p className="quiet">{changeOfLoss(contrast.divergence)}</p>
      </td>
      <td className="method-top1">
        {before.top1 && after.top1 && top1 ? (
          <>
            <p>
              {formatPercent(before.top1.value)} % → <b>{formatPercent(after.top1.value)} %</b>
            </p>
            <p className="quiet">{changeOfAccuracy(top1)}</p>
          </>
        ) : (
          <p className="quiet">no labels</p>
        )}
      </td>
      <td className="method-size">
        <p>{formatBytes(bytes.after)}</p>
        <p className="quiet">{changeOfSize(bytes)}</p>
      </td>
      <td className="method-verdict">
        <p data-outcome={contrast.done ? outcomeOf(contrast) : undefined}>{verdictWords(contrast)}</p>
      </td>
    </>
  );
}
