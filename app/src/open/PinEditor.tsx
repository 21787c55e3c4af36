// Symbolic dimensions and what they were pinned to; other sizes open the model again.

import type { ModelSummary } from "@bitscape/engine";
import { useState } from "react";
import { repin } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { NumberField } from "../ui/NumberField.tsx";

interface Props {
  /** Called when the model is opened again. */
  readonly onDone?: () => void;
  readonly onOpen?: (pins: Readonly<Record<string, number>>) => void;
}

export function PinEditor({ onDone, onOpen = (pins) => void repin(pins) }: Props) {
  const model = useStore((state) => state.model);
  const opening = useStore((state) => state.opening !== null);
  const [changed, setChanged] = useState<Readonly<Record<string, number>>>({});
  if (!model || Object.keys(model.pins).length === 0) return null;
  const { pins } = model;
  const wanted = { ...pins, ...changed };
  const differs = Object.entries(wanted).some(([name, size]) => pins[name] !== size);
  return (
    <section aria-label="Symbolic dimensions">
      <h3>Symbolic dimensions</h3>
      <div className="pins">
        {Object.entries(wanted).map(([name, size]) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: NumberField holds the input
          <label key={name} className="pin">
            <span>
              {name} <span className="quiet">{whereOf(model, name)}</span>
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
            Keep what was guessed
          </Button>
        )}
      </div>
    </section>
  );
}

function whereOf({ dims = [] }: ModelSummary, name: string): string {
  const dim = dims.find((each) => each.name === name);
  if (!dim) return "";
  return dim.axis === 0 ? `samples of ${dim.input}` : `axis ${dim.axis} of ${dim.input}`;
}
