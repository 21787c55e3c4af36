// The studies that this browser keeps, in the menu of what can be opened.

import { DropdownMenu } from "radix-ui";
import { useEffect, useState } from "react";
import { notify, sentenceOf } from "../state/notices.ts";
import { useStore } from "../state/store.ts";
import { type KeptStudy, keptStudies } from "./documents.ts";
import { restore } from "./restore.ts";

const shown = 6;

/** Read when the menu opens: it is mounted then. */
export function RecentStudies() {
  const [studies, setStudies] = useState<readonly KeptStudy[]>([]);
  const present = useStore((state) => state.model?.sha256);
  useEffect(() => {
    let here = true;
    // No storage, no list: nothing was kept then.
    keptStudies().then(
      (found) => here && setStudies(found),
      () => {},
    );
    return () => {
      here = false;
    };
  }, []);
  const others = studies.filter(({ model }) => model.sha256 !== present).slice(0, shown);
  if (others.length === 0) return null;
  return (
    <>
      <div className="menu-rule" />
      <DropdownMenu.Label className="menu-label">Recent studies, kept in this browser</DropdownMenu.Label>
      {others.map((study) => (
        <DropdownMenu.Item
          key={study.id}
          className="menu-item"
          onSelect={() => void restore(study).catch((error) => notify("error", sentenceOf(error)))}
        >
          {study.model.name}
          <span className="menu-note">
            {study.model.layers.length} layers · {study.data.name} · {when(study.updated)}
          </span>
        </DropdownMenu.Item>
      ))}
    </>
  );
}

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const when = (time: number) => day.format(time);
