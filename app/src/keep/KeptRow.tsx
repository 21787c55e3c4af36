// One kept study in the list: what it is, how large, when it was worked on, and what can be done with it.

import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { formatBytes } from "../ui/numbers.ts";
import type { KeptStudy } from "./documents.ts";
import { when } from "./when.ts";

interface Props {
  readonly study: KeptStudy;
  /** It is the one on the screen. */
  readonly here: boolean;
  /** Another page has it open. */
  readonly elsewhere: boolean;
  readonly onOpen: () => void;
  readonly onDelete: () => void;
}

export function KeptRow({ study, here, elsewhere, onOpen, onDelete }: Props) {
  const { model, data, updated, sample, absent, bytes } = study;
  const [sure, setSure] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  const ask = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);
  // Which buttons there are changes under the finger: the focus goes where it can go on.
  useEffect(() => {
    if (sure) keep.current?.focus();
    else if (asked.current) ask.current?.focus();
    asked.current = sure;
  }, [sure]);
  const files = absent
    ? "files not here"
    : sample !== undefined
      ? "a sample"
      : bytes === undefined
        ? formatBytes(model.bytes)
        : formatBytes(bytes);
  return (
    <li className="kept-row">
      <div className="kept-name">
        <strong>{model.name}</strong>
        {here && <span className="badge">this study</span>}
        {elsewhere && (
          <span className="badge" data-kind="warn">
            open in another page
          </span>
        )}
        <span className="quiet">
          {files} · {model.layers.length} layers · {data.name} · {when(updated)}
        </span>
      </div>
      {sure ? (
        <span className="kept-sure">
          <span>{here ? "Keep it no more?" : "Delete it for good?"}</span>
          <Button ref={keep} size="small" aria-label={`Keep ${model.name}`} onClick={() => setSure(false)}>
            Keep
          </Button>
          <Button size="small" kind="primary" aria-label={`Delete ${model.name} for good`} onClick={onDelete}>
            Delete
          </Button>
        </span>
      ) : (
        <span className="kept-sure">
          {!here && !absent && (
            <Button size="small" aria-label={`Open ${model.name}`} onClick={onOpen}>
              Open
            </Button>
          )}
          <Button ref={ask} size="small" aria-label={`Delete ${model.name}…`} onClick={() => setSure(true)}>
            Delete…
          </Button>
        </span>
      )}
    </li>
  );
}
