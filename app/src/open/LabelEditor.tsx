// From the data's labels to the network's outputs: a table with what the float network answers to each, suggestions where the
// two look shifted, permuted or named alike, and files of labels, of outputs' names, of words.

import { type LabelReport, type LabelSuggestion, mappingText, namesIn, outputOf } from "@bitscape/engine";
import { useEffect, useState } from "react";
import { download } from "../export/download.ts";
import { report as complain } from "../state/notices.ts";
import { type Relabelling, relabel } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { formatCount } from "../ui/numbers.ts";
import { chooseFiles } from "./chooseFiles.ts";
import { DataMark } from "./DataMark.tsx";
import { LabelRows } from "./LabelRows.tsx";
import { sameMapping, suggestionWords } from "./labelling.ts";
import { useLabels } from "./useLabels.ts";
import "./labels.css";

export function LabelEditor() {
  const labels = useLabels();
  const request = useStore((state) => state.dataRequest);
  const problem = useStore((state) => state.data?.labelProblem ?? null);
  const files = request.kind === "files";
  return (
    <section aria-label="Labels" className="labels">
      {problem && <p className="warning">{problem}</p>}
      {files ? (
        <LabelFiles />
      ) : (
        <p className="quiet">
          {request.kind === "sample"
            ? "Given by the bundled data set; your own data can be mapped."
            : "Synthetic data have no labels."}
        </p>
      )}
      {labels.phase === "asking" && <p className="quiet">Waiting for what the float network answers…</p>}
      {labels.phase === "failed" && <p className="failure">{labels.sentence}</p>}
      {labels.phase === "none" && files && (
        <p className="quiet">
          No single label for each sample, or a network whose output is no classes: there is nothing to map.
        </p>
      )}
      {labels.phase === "there" && <Mapping report={labels.report} fixed={!files} />}
    </section>
  );
}

function LabelFiles() {
  const request = useStore((state) => state.dataRequest);
  if (request.kind !== "files") return null;
  const { labels, outputs, words } = request;
  const choose = async (take: (file: File) => Promise<Relabelling> | Relabelling) => {
    const [file] = await chooseFiles({});
    if (!file) return;
    try {
      await relabel(await take(file));
    } catch (error) {
      complain(error);
    }
  };
  const row = (
    text: string,
    now: string | undefined,
    take: (file: File) => Promise<Relabelling> | Relabelling,
    none: Relabelling,
  ) => (
    <div className="label-file">
      <Button size="small" onClick={() => void choose(take)}>
        {text}
      </Button>
      {now && (
        <>
          <span className="quiet">{now}</span>
          <Button size="small" kind="plain" onClick={() => void relabel(none)} aria-label={`Without ${now}`}>
            ✕
          </Button>
        </>
      )}
    </div>
  );
  return (
    <div className="label-files">
      {row("Labels from a file…", labels?.name, (file) => ({ labels: file, mapping: undefined }), {
        labels: undefined,
        mapping: undefined,
      })}
      {row(
        "Names of outputs…",
        outputs && `${formatCount(outputs.length)} names`,
        async (file) => ({ outputs: namesIn(await file.text(), file.name) }),
        { outputs: undefined },
      )}
      {row("Words of tokens…", words?.name, (file) => ({ words: file }), { words: undefined })}
    </div>
  );
}

function Mapping({ report, fixed }: { readonly report: LabelReport; readonly fixed: boolean }) {
  const request = useStore((state) => state.dataRequest);
  const opening = useStore((state) => state.opening !== null);
  const mapping = request.kind === "files" ? request.mapping : undefined;
  // By what is kept, not by the report: that comes once the float network has been run again.
  const known = Object.fromEntries(report.rows.map((row) => [row.label, outputOf(row, mapping)]));
  const [draft, setDraft] = useState<Readonly<Record<string, number>>>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: a draft is of what is kept
  useEffect(() => setDraft({}), [mapping, report]);
  const wanted = { ...known, ...draft };
  const changed = !sameMapping(wanted, known);
  const adopt = (to: Readonly<Record<string, number>>, origin: "given" | "answers") =>
    void relabel({ mapping: { to, origin } });
  return (
    <>
      {!fixed &&
        report.suggestions.map((each) => (
          <Suggestion
            key={each.kind}
            suggestion={each}
            now={report.now}
            onTake={() => adopt(each.to, each.kind === "answers" ? "answers" : "given")}
          />
        ))}
      {mapping?.origin === "answers" && (
        <p>
          <DataMark />
        </p>
      )}
      <LabelRows
        report={report}
        wanted={wanted}
        fixed={fixed}
        onChange={(label, output) => setDraft({ ...draft, [label]: output })}
      />
      {!fixed && (
        <div className="split-row">
          <Button
            kind="primary"
            size="small"
            disabled={!changed || opening}
            onClick={() => adopt(wanted, "given")}
          >
            Use this mapping
          </Button>
          {mapping && (
            <Button size="small" disabled={opening} onClick={() => void relabel({ mapping: undefined })}>
              As in the data
            </Button>
          )}
          <Button
            size="small"
            onClick={() =>
              download(
                "labels.txt",
                [mappingText(report.rows.map(({ label }) => ({ label, output: wanted[label] as number })))],
                "text/plain",
              )
            }
          >
            Save as labels.txt
          </Button>
        </div>
      )}
    </>
  );
}

interface SuggestionProps {
  readonly suggestion: LabelSuggestion;
  readonly now: LabelReport["now"];
  readonly onTake: () => void;
}

function Suggestion({ suggestion, now, onTake }: SuggestionProps) {
  const { title, text, button } = suggestionWords(suggestion, now);
  return (
    <div className="suggestion" role="note" aria-label={title}>
      <strong>{title}</strong>
      <p>{text}</p>
      <Button size="small" onClick={onTake}>
        {button}
      </Button>
    </div>
  );
}
