// The data: what is there, what the network will see of it, how pixels become inputs, and what else could be used.

import { openData, openSample } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { formatCount } from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";
import { chooseFiles } from "./chooseFiles.ts";
import { FloatScore } from "./FloatScore.tsx";
import { openFiles } from "./open.ts";
import { PreprocessForm } from "./PreprocessForm.tsx";
import { PreviewImage } from "./PreviewImage.tsx";

interface Props {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function DataDialog({ open, onOpenChange }: Props) {
  const data = useStore((state) => state.data);
  const previews = useStore((state) => state.previews);
  const source = useStore((state) => state.source);
  const model = useStore((state) => state.model);
  const opening = useStore((state) => state.opening);
  const notices = useStore((state) => state.notices);
  const sample = source?.sample;
  const failure = notices.findLast(({ kind }) => kind === "error");
  return (
    <Dialog title="Data" open={open} onOpenChange={onOpenChange} width={720}>
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
      <p className="quiet">
        Images in a folder or zip (a sub-folder for each class gives labels), .npz or .npy arrays by input
        name, .csv or .jsonl with one sample a line. Nothing leaves this machine.
      </p>
      {opening && <p role="status">{opening.what}…</p>}
      {failure && <p className="failure">{failure.text}</p>}
      {data && (
        <>
          <dl className="facts">
            <dt>Data set</dt>
            <dd>
              {data.name}{" "}
              {data.kind === "synthetic" && (
                <span className="badge" data-kind="warn">
                  synthetic data
                </span>
              )}
            </dd>
            <dt>Samples</dt>
            <dd>
              {data.calibration + data.evaluation > data.size ? (
                <>
                  {formatCount(data.size)}: all {formatCount(data.evaluation)} for evaluation, the first{" "}
                  {formatCount(data.calibration)} of them for <Term of="calibration">calibration</Term> too
                </>
              ) : (
                <>
                  {formatCount(data.size)}: {formatCount(data.calibration)} for{" "}
                  <Term of="calibration">calibration</Term>, {formatCount(data.evaluation)} for evaluation;
                  the two never overlap
                </>
              )}
            </dd>
            <dt>Labels</dt>
            <dd>
              {data.labelled ? `yes${data.classes ? `, ${formatCount(data.classes)} classes` : ""}` : "none"}
            </dd>
            <dt>Float network</dt>
            <dd>
              <FloatScore />
            </dd>
          </dl>
          {data.kind === "synthetic" && (
            <p className="warning">
              These inputs are made up, so every number rests on them: it shows tendencies, not your accuracy.
            </p>
          )}
          {data.preprocess && data.kind === "real" && <PreprocessForm preprocess={data.preprocess} />}
          {previews.length > 0 && (
            <section>
              <h3>What the network will see</h3>
              <div className="preview-grid">
                {previews.map((preview, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: previews have no other identity
                  <figure key={i}>
                    <PreviewImage preview={preview} size={72} />
                    <figcaption>{preview.label ?? preview.name ?? ""}</figcaption>
                  </figure>
                ))}
              </div>
            </section>
          )}
          {data.skipped.length > 0 && (
            <section>
              <h3>Left out ({formatCount(data.skipped.length)})</h3>
              <ul className="skipped">
                {data.skipped.map(({ name, reason }) => (
                  <li key={name}>
                    <strong>{name}</strong> <span className="quiet">{reason}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </Dialog>
  );
}
