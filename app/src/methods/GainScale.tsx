// A row's loss before and after on one axis for all rows, logarithmic: before is a line through all rows, after a dot. A picture
// of figures that stand beside it as text.

import type { Outcome } from "./words.ts";

export interface Span {
  readonly low: number;
  readonly high: number;
}

/** Decades that hold all losses, with a little room; null where there are none to show. */
export function spanOf(losses: readonly number[]): Span | null {
  const known = losses.filter((loss) => loss > 0 && Number.isFinite(loss));
  if (known.length === 0) return null;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return { low: least / 1.25, high: Math.max(most, least * 2) * 1.25 };
}

/** Where a loss is on the axis, 0 to 1; what is not above zero is at its beginning. */
export function placeOf(loss: number, { low, high }: Span): number {
  if (!(loss > 0)) return 0;
  return Math.max(0, Math.min(1, Math.log(loss / low) / Math.log(high / low)));
}

interface Props {
  readonly span: Span;
  readonly before: number;
  readonly after: number;
  readonly outcome: Outcome;
}

export function GainScale({ span, before, after, outcome }: Props) {
  const [from, to] = [placeOf(before, span), placeOf(after, span)];
  const percent = (place: number) => `${(100 * place).toFixed(2)}%`;
  return (
    <span className="gain" data-outcome={outcome} aria-hidden="true">
      <span
        className="gain-way"
        style={{ left: percent(Math.min(from, to)), width: percent(Math.abs(to - from)) }}
      />
      <span className="gain-before" style={{ left: percent(from) }} />
      <span className="gain-after" style={{ left: percent(to) }} />
    </span>
  );
}
