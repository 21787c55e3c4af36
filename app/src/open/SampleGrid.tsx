// What the network will see, a page of samples at a time, each with its label and the float network's answer.

import type { LookRequest, SampleView } from "@bitscape/engine";
import { useEffect, useState } from "react";
import { InputPicture } from "../compare/InputPicture.tsx";
import { className, sampleName } from "../compare/words.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { formatCount } from "../ui/numbers.ts";
import { Segments } from "../ui/Segments.tsx";
import { SampleDetail } from "./SampleDetail.tsx";
import { useSamples } from "./useSamples.ts";
import "./samples.css";

const PAGE = 24;
const PICTURE = 88;

type Of = LookRequest["of"];

export function SampleGrid() {
  const data = useStore((state) => state.data);
  const [of, setOf] = useState<Of>("all");
  const [from, setFrom] = useState(0);
  const [as, setAs] = useState<LookRequest["as"]>("undone");
  const [opened, setOpened] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other data begin at their first page
  useEffect(() => setFrom(0), [data?.digest, of]);
  const { page, running, failure } = useSamples({ of, from, count: PAGE, as, side: 192 });
  const samples = page?.samples ?? [];
  const total = page?.of ?? 0;
  const images = samples.some(({ input }) => input.kind === "image");
  const normalised = data?.preprocess !== null && data?.kind === "real";
  const turn = (to: number) => setFrom(Math.max(0, Math.min(to, Math.floor((total - 1) / PAGE) * PAGE)));
  return (
    <section className="samples" aria-label="What the network will see">
      <header className="samples-head">
        <h3>What the network will see</h3>
        <Segments
          label="Samples shown"
          value={of}
          options={[
            { value: "all", text: "all" },
            { value: "wrong", text: "wrong", disabled: !data?.labelled },
            { value: "calibration", text: "calibration" },
            { value: "evaluation", text: "evaluation" },
          ]}
          onChange={(value) => setOf(value as Of)}
        />
        {images && normalised && (
          <Segments
            label="Pictures shown"
            value={as}
            options={[
              { value: "undone", text: "as pictures" },
              { value: "fed", text: "as numbers" },
            ]}
            onChange={(value) => setAs(value as LookRequest["as"])}
          />
        )}
      </header>
      {failure && <p className="failure">{failure}</p>}
      {page && total === 0 && !running && (
        <p className="quiet">
          {of === "wrong" ? "The float network gets none of them wrong." : "No samples here."}
        </p>
      )}
      {!page && !failure && <p className="quiet">Looking at the samples…</p>}
      <ul className="samples-grid" aria-busy={running}>
        {samples.map((sample, i) => (
          <li key={sample.index}>
            <Figure sample={sample} onOpen={() => setOpened(from + i)} />
          </li>
        ))}
      </ul>
      {total > 0 && (
        <footer className="samples-foot">
          <Button size="small" disabled={from === 0} onClick={() => turn(from - PAGE)}>
            Previous
          </Button>
          <span aria-live="polite">
            {formatCount(from + 1)} to {formatCount(Math.min(total, from + PAGE))} of {formatCount(total)}
          </span>
          <Button size="small" disabled={from + PAGE >= total} onClick={() => turn(from + PAGE)}>
            Next
          </Button>
          <Legend samples={samples} as={as} images={images} />
        </footer>
      )}
      {opened !== null && (
        <SampleDetail of={of} at={opened} onMove={setOpened} onClose={() => setOpened(null)} />
      )}
    </section>
  );
}

function Legend({
  samples,
  as,
  images,
}: {
  readonly samples: readonly SampleView[];
  readonly as: string;
  readonly images: boolean;
}) {
  const counted = samples.filter(({ right }) => right !== null);
  const right = counted.filter((sample) => sample.right).length;
  return (
    <span className="samples-legend">
      {counted.length > 0 && `${right} of ${counted.length} here right by the float network`}
      {images && as === "fed" && " · black: each sample’s smallest number, white: its largest"}
    </span>
  );
}

function Figure({ sample, onOpen }: { readonly sample: SampleView; readonly onOpen: () => void }) {
  const { input, label, answers, right } = sample;
  const labelName = sample.labelName ?? "";
  const name =
    label === null ? sampleName(sample) : labelName === String(label) ? className(null, label) : labelName;
  const [best] = answers ?? [];
  const said = best ? (best.name ?? className(null, best.class)) : answers ? "" : "…";
  return (
    <button
      type="button"
      className="sample-figure"
      data-right={right ?? undefined}
      // What is seen comes first, as it is seen: whoever speaks to the page says that.
      aria-label={`${name} ${said}${best ? `, float network${right === null ? "" : right ? " right" : " wrong"}` : ""}`}
      title={sample.name ?? `sample ${sample.index}`}
      onClick={onOpen}
    >
      <InputPicture input={input} size={PICTURE} />
      <span className="sample-figure-label">{name}</span>
      <span className="sample-figure-said">
        {right !== null && <span aria-hidden="true">{right ? "✓" : "✗"}</span>} {said}
      </span>
    </button>
  );
}
