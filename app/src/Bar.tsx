// The bar: what is open, what it weighs, how well it does, and what can be done with the whole.

import { Suspense, useState } from "react";
import { PresetMenu } from "./budget/PresetMenu.tsx";
import { QualityReadout } from "./budget/QualityReadout.tsx";
import { SizeReadout } from "./budget/SizeReadout.tsx";
import { OpenMenu } from "./open/OpenMenu.tsx";
import { useStore } from "./state/store.ts";
import { redo, undo } from "./state/study.ts";
import { Button } from "./ui/Button.tsx";
import { DownloadIcon, MoonIcon, RedoIcon, SunIcon, UndoIcon } from "./ui/icons.tsx";
import { late } from "./ui/late.ts";
import { toggleTheme, useDark } from "./ui/theme.ts";
import "./budget/readout.css";

const ExportDialog = late(async () => (await import("./export/ExportDialog.tsx")).ExportDialog);

export function Bar() {
  const ready = useStore((state) => state.model !== null && state.data !== null);
  const canUndo = useStore((state) => state.past.length > 0);
  const canRedo = useStore((state) => state.future.length > 0);
  const [exportOpen, setExportOpen] = useState(false);
  const [asked, setAsked] = useState(false);
  const dark = useDark();
  return (
    <header className="bar">
      <h1 className="bar-brand">
        <img src="./favicon.svg" width="24" height="24" alt="" />
        <span>Bitscape</span>
      </h1>
      <OpenMenu />
      <div className="bar-readouts">
        <SizeReadout />
        <QualityReadout />
      </div>
      <div className="bar-actions">
        <Button kind="plain" label="Undo" disabled={!canUndo} onClick={undo}>
          <UndoIcon />
        </Button>
        <Button kind="plain" label="Redo" disabled={!canRedo} onClick={redo}>
          <RedoIcon />
        </Button>
        <PresetMenu />
        <Button
          kind="primary"
          disabled={!ready}
          onClick={() => {
            setAsked(true);
            setExportOpen(true);
          }}
        >
          <DownloadIcon />
          <span className="bar-export">Export</span>
        </Button>
        <Button kind="plain" label={dark ? "Light theme" : "Dark theme"} onClick={toggleTheme}>
          {dark ? <SunIcon /> : <MoonIcon />}
        </Button>
      </div>
      {asked && (
        <Suspense>
          <ExportDialog open={exportOpen} onOpenChange={setExportOpen} />
        </Suspense>
      )}
    </header>
  );
}
