// The study on the screen as a file: the way to another machine, and the way out where the browser does not keep it.

import { useId, useState } from "react";
import { download } from "../export/download.ts";
import { report } from "../state/notices.ts";
import { get, useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { DownloadIcon } from "../ui/icons.tsx";
import { formatBytes } from "../ui/numbers.ts";
import { dataFilesOf } from "./document.ts";
import { studyFile, studyFileName } from "./studyFile.ts";

export function StudyDownload() {
  const id = useId();
  const name = useStore((state) => state.data && state.model?.name);
  const bytes = useStore(({ source, dataRequest }) =>
    [...(source?.files ?? []), ...dataFilesOf(dataRequest)].reduce((sum, { size }) => sum + size, 0),
  );
  const [withFiles, setWithFiles] = useState(false);
  const [writing, setWriting] = useState(false);
  if (!name) return null;
  const save = async () => {
    setWriting(true);
    try {
      download(studyFileName(name), [await studyFile(get(), withFiles)], "application/zip");
    } catch (error) {
      report(error);
    } finally {
      setWriting(false);
    }
  };
  return (
    <div className="kept-download">
      <Button disabled={writing} onClick={() => void save()}>
        <DownloadIcon />
        {writing ? "Writing…" : "Download this study"}
      </Button>
      <label htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={withFiles}
          onChange={(event) => setWithFiles(event.target.checked)}
        />
        with the model and its data ({formatBytes(bytes)})
      </label>
      <p className="quiet">
        A zip with the recipe, the budgets and everything predicted and measured; no weights unless you say
        so. Drop it on this page to go on.
      </p>
    </div>
  );
}
