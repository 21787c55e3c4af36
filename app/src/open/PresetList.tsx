// The presets of preprocessing, one click each; and, when asked, how the float network does with every one of them and with
// variants of the best.

import type { Preprocess, TriedPreprocess } from "@bitscape/engine";
import { samePreprocess } from "@bitscape/engine";
import { RadioGroup } from "radix-ui";
import { useState } from "react";
import { preprocess as apply } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { cancelTrials, ranked, scoreOf, TRIAL_SAMPLES, tryAll, useTrying } from "../state/trying.ts";
import { Button } from "../ui/Button.tsx";
import { formatAccuracyFinding, formatCount, formatPercent } from "../ui/numbers.ts";
import { describe, presetNameOf, presetsFor, presetTexts } from "./preprocessing.ts";

interface Row {
  readonly key: string;
  readonly text: string;
  readonly note: string;
  readonly preprocess: Preprocess;
  readonly tried: TriedPreprocess | null;
}

export function PresetList({ preprocess }: { readonly preprocess: Preprocess }) {
  const shape = useStore((state) => state.model?.inputs[0]?.shape);
  const labelled = useStore((state) => state.data?.labelled ?? false);
  const fixed = useStore((state) => state.dataRequest.kind !== "files");
  const busy = useStore((state) => state.opening !== null);
  // What was clicked, until it is so or was refused: the images are read again meanwhile.
  const [asked, setAsked] = useState<string | null>(null);
  const candidates = useTrying((state) => state.candidates);
  const running = useTrying((state) => state.running);
  const rows = rowsOf(preprocess, shape ?? [], candidates);
  const best = running ? undefined : rows.find(({ tried }) => tried && scoreOf(tried) > 0);
  const current = rows.find((row) => samePreprocess(row.preprocess, preprocess))?.key ?? "own";
  const done = candidates.filter(({ tried }) => tried?.done).length;
  return (
    <div className="presets">
      <div className="presets-head">
        {running ? (
          <>
            <span role="status">
              Trying {formatCount(Math.min(done + 1, candidates.length))} of {formatCount(candidates.length)}…
            </span>
            <Button size="small" onClick={cancelTrials}>
              Stop
            </Button>
          </>
        ) : (
          <Button size="small" disabled={fixed || busy} onClick={() => void tryAll()}>
            {candidates.length > 0 ? "Try all again" : "Try all presets"}
          </Button>
        )}
        <span className="quiet">
          {labelled
            ? `each on up to ${TRIAL_SAMPLES} samples`
            : `no labels: by the network’s confidence, a weak hint`}
        </span>
      </div>
      <RadioGroup.Root
        className="preset-list"
        aria-label="Preprocessing preset"
        value={asked ?? current}
        disabled={fixed}
        onValueChange={(key) => {
          const row = rows.find((each) => each.key === key);
          if (!row) return;
          setAsked(key);
          void apply(row.preprocess).finally(() => setAsked(null));
        }}
      >
        {rows.map((row) => (
          <RadioGroup.Item key={row.key} value={row.key} className="preset">
            <span className="preset-name">
              {row.text}
              {row === best && (
                <span className="badge" data-kind="good">
                  {labelled ? "best" : "most confident"}
                </span>
              )}
            </span>
            <Verdict tried={row.tried} />
            <span className="preset-note">{row.note}</span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  );
}

/** Presets in their order until they were tried; then by what they came to, variants among them. */
function rowsOf(
  present: Preprocess,
  shape: readonly number[],
  candidates: ReturnType<typeof useTrying.getState>["candidates"],
): Row[] {
  const rowOf = (preprocess: Preprocess, tried: TriedPreprocess | null): Row => {
    const name = presetNameOf(preprocess, shape);
    return {
      key: name ?? describe(preprocess),
      text: name ? presetTexts[name] : "A variant",
      note: describe(preprocess),
      preprocess,
      tried,
    };
  };
  const rows =
    candidates.length > 0
      ? ranked(candidates).map(({ preprocess, tried }) => rowOf(preprocess, tried))
      : presetsFor(shape).map(({ preprocess }) => rowOf(preprocess, null));
  if (rows.some((row) => samePreprocess(row.preprocess, present))) return rows;
  return [{ ...rowOf(present, null), key: "own", text: "Own values" }, ...rows];
}

function Verdict({ tried }: { readonly tried: TriedPreprocess | null }) {
  if (!tried) return <span className="preset-score" />;
  if (tried.failure) {
    return (
      <span className="preset-score quiet" title={tried.failure}>
        does not fit
      </span>
    );
  }
  const text = tried.top1
    ? `${formatAccuracyFinding(tried.top1)}`
    : tried.confidence
      ? `${formatPercent(tried.confidence.value)} % sure`
      : "…";
  return (
    <span className="preset-score">
      <strong>{text}</strong> n={formatCount(tried.n)}
      {tried.done ? "" : "…"}
    </span>
  );
}
