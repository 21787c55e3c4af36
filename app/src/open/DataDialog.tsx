// The data: what is there, what the network sees of it and what it answers, and how it is read: preprocessing, labels, split.

import { useEffect } from "react";
import { closeDataDialog, type DataPart, showPart, useDataDialog } from "../state/dataDialog.ts";
import { openData, openSample } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { keepTrials } from "../state/trying.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Segments } from "../ui/Segments.tsx";
import { chooseFiles } from "./chooseFiles.ts";
import { DataFacts } from "./DataFacts.tsx";
import { LabelEditor } from "./LabelEditor.tsx";
import { openFiles } from "./open.ts";
import { PreprocessForm } from "./PreprocessForm.tsx";
import { SampleGrid } from "./SampleGrid.tsx";
import { SplitForm } from "./SplitForm.tsx";
import "./data.css";

export function DataDialog() {
  const open = useDataDialog((state) => state.open);
  return (
    <Dialog title="Data" open={open} onOpenChange={(next) => !next && closeDataDialog()} width={1200}>
      <DataRoom />
    </Dialog>
  );
}

function DataRoom() {
  const data = useStore((state) => state.data);
  const opening = useStore((state) => state.opening);
  const failure = useStore((state) => state.notices.findLast(({ kind }) => kind === "error"));
  useEffect(() => keepTrials(data), [data]);
  return (
    <div className="data-room">
      <div className="data-side">
        <Sources />
        {opening && <p role="status">{opening.what}…</p>}
        {failure && <p className="failure">{failure.text}</p>}
        {data && data.cannotRun === undefined && (
          <>
            <DataFacts data={data} />
            <Parts />
          </>
        )}
      </div>
      {data && data.cannotRun === undefined && (
        <div className="data-main">
          <SampleGrid />
        </div>
      )}
    </div>
  );
}

function Sources() {
  const data = useStore((state) => state.data);
  const source = useStore((state) => state.source);
  const model = useStore((state) => state.model);
  const sample = source?.sample;
  return (
    <>
      <div className="data-sources">
        <Button onClick={() => void chooseFiles({ multiple: true }).then(openFiles)}>Choose files…</Button>
        <Button onClick={() => void chooseFiles({ folder: true }).then(openFiles)}>
          Choose a folder of images…
        </Button>
        {sample && data?.kind === "synthetic" && (
          <Button onClick={() => void openData({ kind: "sample", name: sample })}>
            Use the bundled data
          </Button>
        )}
        {data?.kind !== "synthetic" && (
          <Button onClick={() => void openData({ kind: "synthetic" })}>Use synthetic data</Button>
        )}
        {!model && <Button onClick={() => void openSample("shapes-resnet")}>Open the sample</Button>}
      </div>
      <details className="data-help">
        <summary>What can be opened</summary>
        <p className="quiet">
          Images in a folder or zip (a sub-folder for each class gives labels), .npz or .npy arrays by input
          name, .csv, .tsv or .jsonl with one sample a line; dropped anywhere on the page, too. Nothing leaves
          this machine.
        </p>
      </details>
    </>
  );
}

function Parts() {
  const part = useDataDialog((state) => state.part);
  const preprocess = useStore((state) => (state.data?.kind === "real" ? state.data.preprocess : null));
  const shown: DataPart = part === "preprocessing" && !preprocess ? "labels" : part;
  return (
    <div className="data-parts">
      <Segments
        label="How the data are read"
        value={shown}
        options={[
          { value: "preprocessing", text: "Preprocessing", disabled: !preprocess },
          { value: "labels", text: "Labels" },
          { value: "split", text: "Split" },
        ]}
        onChange={(value) => showPart(value as DataPart)}
      />
      {shown === "preprocessing" && preprocess && <PreprocessForm preprocess={preprocess} />}
      {shown === "labels" && <LabelEditor />}
      {shown === "split" && <SplitForm />}
    </div>
  );
}
