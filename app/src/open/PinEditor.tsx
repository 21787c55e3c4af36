// Symbolic dimensions and what they were pinned to; other sizes open the model again.

import type { ModelSummary } from "@bitscape/engine";
import { useState } from "react";
import { repin } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { NumberField } from "../ui/NumberField.tsx";

interface Props {
  /** Sizes to begin with, where they are others than the present ones. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Called when the model is opened again. */
  readonly onDone?: () => void;
  readonly onOpen?: (pins: Readonly<Record<string, number>>) => void;
}

export function PinEditor({ sizes = {}, onDone, onOpen = (pins) => void repin(pins) }: Props) {
  const model = useStore((state) => state.model);
  const source = useStore((state) => state.source);
  const opening = useStore((state) => state.opening !== null);
  const [changed, setChanged] = useState<Readonly<Record<string, number>>>({});
  if (!model || Object.keys(model.pins).length === 0) return null;
  const { pins } = model;
  const wanted = { ...pins, ...sizes, ...changed };
  /** Where the size comes from that is shown. */
  const whence = (name: string) => {
    if (changed[name] !== undefined) return "";
    if (sizes[name] !== undefined) return "as the data have it";
    const from = source?.taken?.[name];
    if (from) return `from ${from}`;
    return source && name in source.pins ? "chosen" : "guessed";
  };
  const differs = Object.entries(wanted).some(([name, size]) => pins[name] !== size);
  return (
    <section aria-label="Symbolic dimensions">
      <h3>Symbolic dimensions</h3>
      <div className="pins">
        {Object.entries(wanted).map(([name, size]) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: NumberField holds the input
          <label key={name} className="pin">
            <span>
              {name}{" "}
              <span className="quiet">{[whereOf(model, name), whence(name)].filter(Boolean).join(", ")}</span>
            </span>
            <NumberField
              label={`${name} is pinned to`}
              value={size}
              min={1}
              max={65536}
              whole
              onChange={(value) => setChanged({ ...changed, [name]: value })}
            />
          </label>
        ))}
        <Button
          size="small"
          kind={onDone ? "primary" : "normal"}
          disabled={!differs || opening}
          onClick={() => {
            setChanged({});
            onOpen(wanted);
            onDone?.();
          }}
        >
          Open with these sizes
        </Button>
        {onDone && (
          <Button size="small" onClick={onDone}>
            Keep {formatSizes(pins, names(model))}
          </Button>
        )}
      </div>
    </section>
  );
}

const names = ({ dims = [] }: ModelSummary) => dims.filter(({ axis }) => axis > 0).map(({ name }) => name);

const formatSizes = (pins: Readonly<Record<string, number>>, of: readonly string[]) =>
  of.map((name) => `${name} ${pins[name]}`).join(", ");

function whereOf({ dims = [] }: ModelSummary, name: string): string {
  const dim = dims.find((each) => each.name === name);
  if (!dim) return "";
  return dim.axis === 0 ? `samples of ${dim.input}` : `axis ${dim.axis} of ${dim.input}`;
}
