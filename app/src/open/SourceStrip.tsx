// Below the bar: what was read, of the model and of the data, and the float network's score before anything else.

import { Suspense } from "react";
import { openDataDialog, useDataDialog } from "../state/dataDialog.ts";
import { openGallery } from "../state/gallery.ts";
import { cancelOpening } from "../state/opening.ts";
import { usePinning } from "../state/pinning.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { late } from "../ui/late.ts";
import { Meter } from "../ui/Meter.tsx";
import { formatBytes, formatCount, formatLarge, formatShape } from "../ui/numbers.ts";
import { AboutModel } from "./AboutModel.tsx";
import { chooseFiles } from "./chooseFiles.ts";
import { DataMark } from "./DataMark.tsx";
import { FloatScore } from "./FloatScore.tsx";
import { cancelFetch, openFiles } from "./open.ts";
import { PreviewImage } from "./PreviewImage.tsx";

// Loaded when it is first opened.
const PinDialog = late(async () => (await import("./PinDialog.tsx")).PinDialog);
const DataDialog = late(async () => (await import("./DataDialog.tsx")).DataDialog);

export function SourceStrip() {
  const model = useStore((state) => state.model);
  const data = useStore((state) => state.data);
  const opening = useStore((state) => state.opening);
  const previews = useStore((state) => state.previews);
  const pinned = usePinning(({ open }) => open);
  const asked = useDataDialog((state) => state.open);
  if (opening && !model) return <OpeningStrip />;
  if (!model)
    return (
      <div className="strip">
        Open a model: drop an .onnx file anywhere, or
        <Button size="small" onClick={() => void chooseFiles({ multiple: true }).then(openFiles)}>
          Open files…
        </Button>
        <Button size="small" onClick={openGallery}>
          Pick a sample…
        </Button>
      </div>
    );
  const weighted = model.layers.filter(({ weights }) => weights.length > 0).length;
  return (
    <div className="strip">
      <div className="strip-part">
        <span className="strip-label">Model</span>
        <span className="strip-facts">
          {weighted} layers · {formatLarge(model.parameters)} parameters · opset {model.opset} ·{" "}
          {model.inputs.map(({ name, dtype, shape }) => `${name} ${formatShape(shape)} ${dtype}`).join(", ")}
        </span>
        <AboutModel />
      </div>
      <div className="strip-part strip-data">
        <span className="strip-label">Data</span>
        {opening ? (
          <OpeningStrip />
        ) : (
          data && (
            <>
              {data.cannotRun !== undefined ? (
                <span className="strip-name" title={data.cannotRun}>
                  none: too large to be run here
                </span>
              ) : data.kind === "synthetic" ? (
                <DataMark />
              ) : (
                <span className="strip-name">
                  {data.name}, n={formatCount(data.size)}
                  {data.labelled || data.labelProblem ? "" : ", no labels"} <DataMark />
                </span>
              )}
              <span className="strip-thumbs" aria-hidden="true">
                {previews.slice(0, 6).map((preview, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: previews have no other identity
                  <PreviewImage key={i} preview={preview} size={28} />
                ))}
              </span>
              {data.cannotRun === undefined && (
                <>
                  <FloatScore />
                  <Button size="small" onClick={() => openDataDialog()}>
                    {data.kind === "synthetic" ? "Add your data…" : "Data…"}
                  </Button>
                </>
              )}
            </>
          )
        )}
      </div>
      {pinned && (
        <Suspense>
          <PinDialog />
        </Suspense>
      )}
      {asked && (
        <Suspense>
          <DataDialog />
        </Suspense>
      )}
    </div>
  );
}

function OpeningStrip() {
  const opening = useStore((state) => state.opening);
  if (!opening) return null;
  const { what, done, total, cancellable, bytes } = opening;
  const amount = bytes ? formatBytes : formatCount;
  return (
    <div className="strip-opening" role="status">
      <span>
        {what}
        {total > 0 ? ` · ${amount(done)} of ${amount(total)}` : bytes && done > 0 && ` · ${amount(done)}`}
      </span>
      <Meter label={what} done={done} total={total} />
      {cancellable && (
        <Button size="small" onClick={() => cancelFetch() || cancelOpening()}>
          Cancel
        </Button>
      )}
    </div>
  );
}
