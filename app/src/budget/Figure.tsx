// One number of the bar over what it is, with the rest on hover and focus.

import { DataMark } from "../open/DataMark.tsx";
import { Tip } from "../ui/Tip.tsx";

interface Props {
  readonly value: string;
  readonly note: string;
  readonly tip: string;
  readonly kind?: "float" | "predicted" | "now";
  /** It is about an earlier recipe. */
  readonly stale?: boolean;
  readonly synthetic?: boolean;
}

export function Figure({ value, note, tip, kind = "now", stale = false, synthetic = false }: Props) {
  return (
    <Tip text={tip}>
      <button type="button" className="figure" data-kind={kind} data-stale={stale || undefined}>
        <span className="figure-value">{value}</span>
        <span className="figure-note">
          {note}
          {synthetic && <DataMark short />}
        </span>
      </button>
    </Tip>
  );
}
