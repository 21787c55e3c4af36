// What can be opened without having anything: the bundled samples, each with pictures of its data and what it is; and beside
// them the ways to a network of one's own.

import { type Sample, samples } from "@bitscape/samples";
import type { KeyboardEvent } from "react";
import { closeGallery, useGallery } from "../state/gallery.ts";
import { openSample } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { formatBytes, formatCount, formatLarge, formatPercent } from "../ui/numbers.ts";
import { chooseFiles } from "./chooseFiles.ts";
import { openFiles } from "./open.ts";
import { SamplePicture } from "./SamplePicture.tsx";
import "./gallery.css";

export function Gallery() {
  const open = useGallery((state) => state.open);
  return (
    <Dialog title="Samples" open={open} onOpenChange={(next) => !next && closeGallery()} width={880}>
      <Cards />
    </Dialog>
  );
}

function Cards() {
  const current = useStore((state) => state.source?.sample);
  const first = current ?? samples[0]?.name;
  return (
    <div className="gallery">
      <p className="quiet">
        Small networks with labelled data of their own, in this page. Nothing is fetched from elsewhere.
      </p>
      <ul className="gallery-cards" onKeyDown={onArrow}>
        {samples.map((sample) => (
          <li key={sample.name}>
            <Card sample={sample} current={sample.name === current} first={sample.name === first} />
          </li>
        ))}
      </ul>
      <div className="gallery-own">
        <p>
          <strong>A network of your own</strong>
          <span className="quiet">
            {" "}
            An .onnx file, its data with it or later; dropped anywhere on the page. Nothing leaves this
            machine.
          </span>
        </p>
        <Button
          onClick={() => {
            closeGallery();
            void chooseFiles({ multiple: true }).then(openFiles);
          }}
        >
          Open files…
        </Button>
      </div>
    </div>
  );
}

interface CardProps {
  readonly sample: Sample;
  readonly current: boolean;
  /** It has the focus when the gallery opens: an arrow or Enter is enough. */
  readonly first: boolean;
}

function Card({ sample, current, first }: CardProps) {
  const { name, title, description, task, bytes, parameters, layers, floatTop1 } = sample;
  const facts: readonly (readonly [string, string])[] = [
    ["Task", task],
    ["Size", `${formatBytes(bytes)}, ${formatLarge(parameters)} parameters in ${formatCount(layers)} layers`],
    ["Float top-1", `${formatPercent(floatTop1)} %`],
  ];
  return (
    <button
      type="button"
      className="gallery-card"
      data-first-focus={first || undefined}
      aria-current={current || undefined}
      onClick={() => {
        closeGallery();
        void openSample(name);
      }}
    >
      <SamplePicture name={name} rows={2} columns={6} />
      <strong>
        {title}
        {current && <span className="badge">open now</span>}
      </strong>
      <span className="gallery-words">
        <span>{description}</span>
        <span className="gallery-facts">
          {facts.map(([what, value]) => (
            <span key={what}>
              <span className="quiet">{what}</span> {value}
            </span>
          ))}
        </span>
      </span>
    </button>
  );
}

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function onArrow(event: KeyboardEvent<HTMLElement>): void {
  const step = steps[event.key];
  if (step === undefined) return;
  const cards = [...event.currentTarget.querySelectorAll<HTMLElement>(".gallery-card")];
  const at = cards.indexOf(document.activeElement as HTMLElement);
  event.preventDefault();
  cards[(at + step + cards.length) % cards.length]?.focus();
}
