// The studies that this browser keeps, in the menu of what can be opened: the latest few, and the way to all of them.

import { useEffect, useState } from "react";
import { notify, sentenceOf } from "../state/notices.ts";
import { useStore } from "../state/store.ts";
import type { MenuParts } from "../ui/popups.tsx";
import { keptStudies } from "./documents.ts";
import type { KeptStudy } from "./kept.ts";
import { restore } from "./restore.ts";
import { useStanding } from "./standing.ts";
import { when } from "./when.ts";

const SHOWN = 5;

/** Read when the menu opens: it is mounted then. @param onAll shows all of them */
export function RecentStudies({
  menu: Menu,
  onAll,
}: {
  readonly menu: MenuParts;
  readonly onAll: () => void;
}) {
  const [studies, setStudies] = useState<readonly KeptStudy[]>([]);
  const present = useStore((state) => state.model?.sha256);
  const refused = useStanding(({ standing }) => standing.kind === "refused");
  useEffect(() => {
    let here = true;
    // No storage, no list: nothing was kept then.
    keptStudies().then(
      (found) => here && setStudies(found.studies),
      () => {},
    );
    return () => {
      here = false;
    };
  }, []);
  const others = studies.filter(({ model, absent }) => model.sha256 !== present && !absent).slice(0, SHOWN);
  return (
    <>
      <div className="menu-rule" />
      <Menu.Label className="menu-label">Recent studies, kept in this browser</Menu.Label>
      {others.map((study) => (
        <Menu.Item
          key={study.id}
          className="menu-item"
          onSelect={() => void restore(study).catch((error) => notify("error", sentenceOf(error)))}
        >
          {study.model.name}
          <span className="menu-note">
            {study.model.layers.length} layers · {study.data.name} · {when(study.updated)}
          </span>
        </Menu.Item>
      ))}
      <Menu.Item className="menu-item" onSelect={onAll}>
        Kept studies…
        <span className="menu-note">
          {refused
            ? "This study is not kept now. Download it, or make room."
            : "All of them with their sizes; download this one as a file, delete others."}
        </span>
      </Menu.Item>
    </>
  );
}
