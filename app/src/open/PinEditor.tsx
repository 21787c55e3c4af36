// Symbolic dimensions and what they were pinned to; other sizes open the model again.

import { useState } from "react";
import { repin } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { NumberField } from "../ui/NumberField.tsx";

export function PinEditor() {
  const pins = useStore((state) => state.model?.pins);
  const opening = useStore((state) => state.opening !== null);
  const [changed, setChanged] = useState<Readonly<Record<string, number>>>({});
  if (!pins || Object.keys(pins).length === 0) return null;
  const wanted = { ...pins, ...changed };
  const differs = Object.entries(wanted).some(([name, size]) => pins[name] !== size);
  return (
    <section aria-label="Symbolic dimensions">
      <h3>Symbolic dimensions</h3>
      <div className="pins">
        {Object.entries(wanted).map(([name, size]) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: NumberField holds the input
          <label key={name} className="pin">
            <span>{name}</span>
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
          disabled={!differs || opening}
          onClick={() => {
            setChanged({});
            void repin(wanted);
          }}
        >
          Open with these sizes
        </Button>
      </div>
    </section>
  );
}
