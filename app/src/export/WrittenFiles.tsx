// Files that were written weight by weight: what they are, and the downloads of those that lie in the browser's own storage.

import type { WriteResult } from "@bitscape/engine";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { DownloadIcon } from "../ui/icons.tsx";
import { formatBytes, formatExactBytes } from "../ui/numbers.ts";
import { download, recipeFileName, recipeText } from "./download.ts";

export function WrittenFiles({ result, stale }: { readonly result: WriteResult; readonly stale: boolean }) {
  const recipe = useStore((state) => state.recipe);
  const { files, opset, warnings } = result;
  return (
    <>
      {files.map(({ name, bytes, sha256, file }) => (
        <section key={name} aria-label={name}>
          <dl className="facts">
            <dt>File</dt>
            <dd>{file ? name : `${name}, written where you chose`}</dd>
            <dt>Size</dt>
            <dd>
              {formatBytes(bytes)} ({formatExactBytes(bytes)})
            </dd>
            <dt>SHA-256</dt>
            <dd className="export-digest">{sha256}</dd>
          </dl>
          {file && (
            <Button kind="primary" onClick={() => download(name, [file], "application/octet-stream")}>
              <DownloadIcon />
              Download {name}
            </Button>
          )}
        </section>
      ))}
      <dl className="facts">
        <dt>Opset</dt>
        <dd>{opset}</dd>
        <dt>Verification</dt>
        <dd>None: the network cannot be run here. `bitscape verify` can where there is more memory.</dd>
      </dl>
      {warnings.length > 0 && (
        <ul className="warning">
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      {stale && <p className="warning">The recipe has changed since this was written.</p>}
      <div className="export-row">
        <Button
          onClick={() =>
            download(recipeFileName(files[0]?.name ?? ""), [recipeText(recipe)], "application/json")
          }
        >
          Download recipe (.json)
        </Button>
      </div>
    </>
  );
}
