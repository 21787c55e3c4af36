// A file that was written: what it is, whether it holds what was promised, and the downloads.

import type { ExportResult } from "@bitscape/engine";
import { useState } from "react";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { DownloadIcon } from "../ui/icons.tsx";
import { formatBytes, formatExactBytes } from "../ui/numbers.ts";
import { download, recipeFileName, recipeText } from "./download.ts";
import { IntegerLayers } from "./IntegerLayers.tsx";
import { StoredWeights } from "./StoredWeights.tsx";
import { VerificationReport } from "./VerificationReport.tsx";

export function ExportedFile({ result, stale }: { readonly result: ExportResult; readonly stale: boolean }) {
  const recipe = useStore((state) => state.recipe);
  const model = useStore((state) => state.model);
  // The report that the size on the screen comes from is of this very file.
  const report = useStore(({ size, exporting }) =>
    exporting.phase === "done" && size?.key === exporting.key ? size.value : null,
  );
  const [confirming, setConfirming] = useState(false);
  const { fileName, bytes, opset, warnings, verification, sha256, integer } = result;
  const save = () => download(fileName, [bytes], "application/octet-stream");
  return (
    <>
      <VerificationReport verification={verification} />
      <dl className="facts">
        <dt>File</dt>
        <dd>{fileName}</dd>
        <dt>Size</dt>
        <dd>
          {formatBytes(bytes.byteLength)} ({formatExactBytes(bytes.byteLength)})
        </dd>
        {report && model ? (
          <StoredWeights
            report={report}
            opset={model.opset}
            runsIn={integer && "ONNX Runtime: WebAssembly and native"}
            weights={model.layers.reduce((sum, { weights }) => sum + weights.length, 0)}
          />
        ) : (
          <>
            <dt>Opset</dt>
            <dd>{opset}</dd>
          </>
        )}
        <dt>SHA-256</dt>
        <dd className="export-digest">{sha256}</dd>
      </dl>
      {integer && <IntegerLayers report={integer} file={fileName} />}
      {warnings.length > 0 && (
        <section>
          <h3>Warnings</h3>
          <ul className="warning">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </section>
      )}
      {stale && <p className="warning">The recipe has changed since this file was written.</p>}
      {confirming ? (
        <div className="export-confirm" role="alert">
          <p>This file failed verification: it does not compute what was promised.</p>
          <div className="export-row">
            <Button onClick={() => setConfirming(false)}>Keep editing</Button>
            <Button onClick={save}>Download it all the same</Button>
          </div>
        </div>
      ) : (
        <div className="export-row">
          <Button kind="primary" onClick={verification.ok ? save : () => setConfirming(true)}>
            <DownloadIcon />
            Download .onnx
          </Button>
          <Button
            onClick={() => download(recipeFileName(fileName), [recipeText(recipe)], "application/json")}
          >
            Download recipe (.json)
          </Button>
        </div>
      )}
    </>
  );
}
