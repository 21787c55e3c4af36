// All studies that this browser keeps: opened, deleted, and the present one as a file. Says what room they take, and how keeping
// the present one stands.

import { useState } from "react";
import { notify, report, sentenceOf } from "../state/notices.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { WarningIcon } from "../ui/icons.tsx";
import { formatBytes } from "../ui/numbers.ts";
import { deleteStudies, keptHere, save } from "./autosave.ts";
import { KeptRow } from "./KeptRow.tsx";
import { restore } from "./restore.ts";
import { StudyDownload } from "./StudyDownload.tsx";
import { useStanding } from "./standing.ts";
import { type Listed, useKeptStudies } from "./useKeptStudies.ts";
import { type Leaving, useLeaving } from "./useLeaving.ts";
import { when } from "./when.ts";
import "./kept.css";

interface Props {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function KeptDialog({ open, onOpenChange }: Props) {
  const [listing, again] = useKeptStudies(open);
  const leaving = useLeaving(open);
  return (
    <Dialog title="Kept studies" open={open} onOpenChange={onOpenChange} width={760}>
      <div className="kept">
        <Standing retry={() => void leaving.flush().then(save)} />
        <StudyDownload />
        {listing.kind === "reading" && <p className="quiet">Reading what is kept…</p>}
        {listing.kind === "refused" && (
          <p className="failure" role="status">
            This browser keeps no studies here: {listing.sentence}
          </p>
        )}
        {listing.kind === "listed" && (
          <List value={listing.value} leaving={leaving} again={again} onClose={() => onOpenChange(false)} />
        )}
      </div>
    </Dialog>
  );
}

function Standing({ retry }: { readonly retry: () => void }) {
  const { standing } = useStanding();
  switch (standing.kind) {
    case "none":
      return null;
    case "refused":
      return (
        <div className="kept-refused" role="status">
          <WarningIcon />
          <p>{standing.sentence}</p>
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        </div>
      );
    default:
      return (
        <p className="quiet" role="status">
          This study was last kept {when(standing.at)}
          {standing.kind === "without files" ? ", without its files, which are over 1 GB" : ""}. A reload
          brings it back.
        </p>
      );
  }
}

interface ListProps {
  readonly value: Listed;
  readonly leaving: Leaving;
  readonly again: () => void;
  readonly onClose: () => void;
}

function List({ value, leaving, again, onClose }: ListProps) {
  const { studies, unreadable, inUse, room, lasting } = value;
  const here = keptHere();
  const others = studies.map(({ id }) => id).filter((id) => id !== here);
  const staying = others.filter((id) => !leaving.ids.has(id));
  const drop = (ids: readonly string[]) => void deleteStudies(ids).catch(report).then(again);
  return (
    <>
      {studies.length + unreadable.length === 0 ? (
        <p className="quiet">Nothing is kept yet.</p>
      ) : (
        <ul className="kept-list">
          {studies.map((study) => (
            <KeptRow
              key={study.id}
              study={study}
              here={study.id === here}
              elsewhere={study.id !== here && inUse(study.id)}
              onOpen={() => {
                onClose();
                void restore(study).catch((error) => notify("error", sentenceOf(error)));
              }}
              leaving={leaving.ids.has(study.id)}
              onDelete={() => leaving.leave([study.id])}
              onUndo={() => leaving.stay([study.id])}
            />
          ))}
          {unreadable.map(({ id, name, fault }) => (
            <li key={id} className="kept-row">
              <div className="kept-name">
                <strong>{name}</strong>
                <span className="failure">{fault}</span>
              </div>
              <Button size="small" aria-label={`Delete ${name}`} onClick={() => drop([id])}>
                Delete
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="kept-foot">
        <p className="quiet">
          {room
            ? `${formatBytes(room.used)} of ${formatBytes(room.most)} that this browser gives the page are used, the page itself among them.`
            : "This browser does not say how much room is used."}{" "}
          {lasting ? "It has promised to keep them." : "It may clear them when the disk is nearly full."}
        </p>
        {!lasting && room && <AskToKeep again={again} />}
        {leaving.ids.size > 0 && <p className="quiet">What was deleted goes when this list is closed.</p>}
        {staying.length > 1 ? (
          <Button size="small" onClick={() => leaving.leave(staying)}>
            Delete all {staying.length} others
          </Button>
        ) : (
          leaving.ids.size > 1 && (
            <Button size="small" onClick={() => leaving.stay([...leaving.ids])}>
              Undo all
            </Button>
          )
        )}
      </div>
    </>
  );
}

/** Asks the browser not to clear what is kept by itself; it may ask the person, or decide by how the page is used. */
function AskToKeep({ again }: { readonly again: () => void }) {
  const [refused, setRefused] = useState(false);
  const ask = async () => {
    const granted = await navigator.storage.persist().catch(() => false);
    setRefused(!granted);
    if (granted) again();
  };
  return (
    <span className="kept-sure">
      {refused && <span role="status">It does not promise it.</span>}
      <Button size="small" onClick={() => void ask()}>
        Ask it to keep them
      </Button>
    </span>
  );
}
