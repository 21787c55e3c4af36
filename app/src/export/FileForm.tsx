// The form of the file: QDQ pairs, of which each runtime makes what it can, or integers alone between the quantizers.
// A choice of the recipe like any other: it is undone, shared and written into the file.

import { type Recipe, wantsActivations } from "@bitscape/engine";
import { withArithmetic } from "../state/edits.ts";
import { exportRecipe } from "../state/exporting.ts";
import { get, useStore } from "../state/store.ts";
import { edit } from "../state/study.ts";
import { NumberField } from "../ui/NumberField.tsx";
import { Segments } from "../ui/Segments.tsx";
import { Term } from "../ui/Term.tsx";

const pairs = "qdq";
const widest = 31;
const options = [
  { value: pairs, text: "QDQ pairs" },
  { value: "qlinear", text: "Integer-only: QLinear" },
  { value: "integer", text: "Integer-only: b / 2ᶜ" },
];

/** What the form means, in a sentence. */
const meaning: Readonly<Record<string, string>> = {
  [pairs]:
    "Float operators between QuantizeLinear and DequantizeLinear; the runtime fuses what it has integer kernels for.",
  qlinear: "QLinear operators from the first quantizer to the last; rescaled by a float32 inside each.",
  integer:
    "Integer operators alone, rescaled by Mul, Add and BitShift in int64: exact everywhere, several times slower.",
};

function formOf({ arithmetic }: Recipe): string {
  if (!arithmetic) return pairs;
  return arithmetic.operators ?? (arithmetic.multiplierBits === undefined ? "qlinear" : "integer");
}

export function FileForm() {
  const form = useStore((state) => formOf(state.recipe));
  const bits = useStore((state) => state.recipe.arithmetic?.multiplierBits ?? widest);
  const possible = useStore((state) => wantsActivations(state.recipe));
  const running = useStore((state) => state.exporting.phase === "running");
  const choose = (chosen: string, multiplierBits = widest) => {
    const arithmetic =
      chosen === pairs
        ? null
        : chosen === "integer"
          ? ({ kind: "integer", operators: "integer", multiplierBits } as const)
          : ({ kind: "integer", operators: "qlinear" } as const);
    edit(withArithmetic(get().recipe, arithmetic));
    void exportRecipe();
  };
  return (
    <section className="export-form" aria-label="Form of the file">
      <div className="export-row">
        <Segments
          label="Form"
          value={form}
          options={options.map((each) => ({ ...each, disabled: each.value !== pairs && !possible }))}
          onChange={(chosen) => choose(chosen)}
          disabled={running}
        />
        {form === "integer" && (
          <div className="export-bits">
            <Term of="multiplier">Multiplier bits</Term>
            <NumberField
              label="Multiplier bits"
              value={bits}
              min={2}
              max={widest}
              whole
              width={56}
              disabled={running}
              onChange={(each) => choose("integer", each)}
            />
          </div>
        )}
      </div>
      <p className="quiet">
        {meaning[form]}
        {!possible && " Integers alone need quantized activations, as W8A8 has them."}
      </p>
    </section>
  );
}
