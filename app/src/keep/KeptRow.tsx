// One kept study in the list: what it is, how large, when it was worked on, and what can be done with it.

import { useEffect, useRef } from "react";
import { Button } from "../ui/Button.tsx";
import { formatBytes } from "../ui/numbers.ts";
import type { KeptStudy } from "./kept.ts";
import { when } from "./when.ts";

interface Props {
  readonly study: KeptStudy;
  /** It is the one on the screen. */
  readonly here: boolean;
  /** Another page has it open. */
  readonly elsewhere: boolean;
  /** It was deleted, and can be taken back. */
  readonly leaving: boolean;
  readonly onOpen: () => void;
  readonly onDelete: () => void;
  readonly onUndo: () => void;
}

export function KeptRow({ study, here, elsewhere, leaving, onOpen, onDelete, onUndo }: Props) {
  const { model, data, updated, sample, absent, bytes } = study;
  const undo = useRef<HTMLButtonElement>(null);
  const remove = useRef<HTMLButtonElement>(null);
  const pressed = useRef(false);
  // Which buttons there are changes under the finger: the focus goes where it can go on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the buttons are others when this changes
  useEffect(() => {
    if (pressed.current) (undo.current ?? remove.current)?.focus();
    pressed.current = false;
  }, [leaving]);
  const files = absent
    ? "files not here"
    : sample !== undefined
      ? "a sample"
      : bytes === undefined
        ? formatBytes(model.bytes)
        : formatBytes(bytes);
  return (
    <li className="kept-row" data-leaving={leaving || undefined}>
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
      {leaving ? (
        <span className="kept-sure">
          <span role="status">{here ? "Kept no more." : "Deleted."}</span>
          <Button
            ref={undo}
            size="small"
            aria-label={`Undo deleting ${model.name}`}
            onClick={() => {
              pressed.current = true;
              onUndo();
            }}
          >
            Undo
          </Button>
        </span>
      ) : (
        <span className="kept-sure">
          {!here && !absent && (
            <Button size="small" aria-label={`Open ${model.name}`} onClick={onOpen}>
              Open
            </Button>
          )}
          <Button
            ref={remove}
            size="small"
            aria-label={`Delete ${model.name}`}
            onClick={() => {
              pressed.current = true;
              onDelete();
            }}
          >
            Delete
          </Button>
        </span>
      )}
    </li>
  );
}
