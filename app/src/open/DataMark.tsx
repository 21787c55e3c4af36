// The mark on every number that rests on data which say less than they seem to: made-up inputs, or labels that were made from
// the network's own answers.

import { useStore } from "../state/store.ts";
import { terms } from "../ui/terms.ts";

interface Props {
  /** Of what the number rests on; the present data where it is absent. */
  readonly data?: "real" | "synthetic";
  /** Fewer words, where there is little room. */
  readonly short?: boolean;
}

export function DataMark({ data, short = false }: Props) {
  const kind = useStore((state) => data ?? state.data?.kind);
  const guessed = useStore((state) => state.data?.labelOrigin === "answers");
  if (kind === "synthetic") {
    return (
      <span className="badge" data-kind="warn" title={terms.synthetic}>
        {short ? "synthetic" : "synthetic data"}
      </span>
    );
  }
  if (!guessed) return null;
  return (
    <span className="badge" data-kind="warn" title={terms.guessedLabels}>
      {short ? "own labels" : "labels from its own answers"}
    </span>
  );
}
