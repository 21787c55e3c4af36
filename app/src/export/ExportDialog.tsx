// Export: writes the file, opens it again in ONNX Runtime, compares it with what the screen promised, and only then calls
// the download good. Loaded when it is first asked for.

import { recipeKey } from "@bitscape/engine";
import { useEffect } from "react";
import { cancelExport, exportRecipe, forgetExport } from "../state/exporting.ts";
import { type Progress, useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Meter } from "../ui/Meter.tsx";
import { formatBytes, formatCount } from "../ui/numbers.ts";
import { ExportedFile } from "./ExportedFile.tsx";
import { FileForm } from "./FileForm.tsx";
import { OtherTools } from "./OtherTools.tsx";
import { ShareLink } from "./ShareLink.tsx";
import { WhereTo } from "./WhereTo.tsx";
import { WrittenFiles } from "./WrittenFiles.tsx";
import "./export.css";

interface Props {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function ExportDialog({ open, onOpenChange }: Props) {
  const exporting = useStore((state) => state.exporting);
  const key = useStore((state) => recipeKey(state.recipe));
  // Networks that are not run have no ranges for activations, and so no integers between them.
  const runs = useStore((state) => state.data?.cannotRun === undefined);
  useEffect(() => {
    if (open) void exportRecipe();
    else forgetExport();
  }, [open]);
  return (
    <Dialog title="Export" open={open} onOpenChange={onOpenChange}>
      {runs && <FileForm />}
      {exporting.phase === "idle" && (
        <div className="export-row">
          <p>Nothing has been written yet.</p>
          <Button kind="primary" onClick={() => void exportRecipe()}>
            Write the file
          </Button>
        </div>
      )}
      {exporting.phase === "running" && (
        <div className="export-running" role="status">
          <p>
            {exporting.progress?.what ?? "Writing the file"}
            {extent(exporting.progress)}
          </p>
          <Meter label="Export" done={exporting.progress?.done ?? 0} total={exporting.progress?.total ?? 0} />
          <Button onClick={cancelExport}>Cancel</Button>
        </div>
      )}
      {exporting.phase === "asking" && <WhereTo names={exporting.names} />}
      {exporting.phase === "failed" && (
        <>
          <p role="alert" className="failure">
            {exporting.sentence}
          </p>
          <div className="export-row">
            <Button onClick={() => void exportRecipe()}>Try again</Button>
          </div>
        </>
      )}
      {exporting.phase === "written" && (
        <WrittenFiles result={exporting.result} stale={exporting.key !== key} />
      )}
      {exporting.phase === "done" && <ExportedFile result={exporting.result} stale={exporting.key !== key} />}
      {runs && <OtherTools />}
      <ShareLink />
    </Dialog>
  );
}

// What is written is counted in bytes, what is run in samples.
function extent(progress: Progress | null): string {
  if (!progress || progress.total <= 1) return "";
  const format = progress.what.startsWith("Writing") ? formatBytes : formatCount;
  return ` · ${format(progress.done)} of ${format(progress.total)}`;
}
