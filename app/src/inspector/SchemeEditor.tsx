// How the selected layers' weights or activations are quantized: the format first, then the fields that it heeds.

import { formatFacts, type LayerSummary, schemeFor, type Target } from "@bitscape/engine";
import { type Bits, cellScheme, floating, hasOwn, type Scheme, sameScheme } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { chooseBits, chooseScheme, reset } from "../state/study.ts";
import { consider } from "../state/trial.ts";
import { Button } from "../ui/Button.tsx";
import { Segments } from "../ui/Segments.tsx";
import { Select } from "../ui/Select.tsx";
import { Term } from "../ui/Term.tsx";
import { choiceOf, fittingProduct, formatChoices, integerId, runsWhere } from "./formatChoices.ts";
import { MemoryField } from "./MemoryField.tsx";
import {
  CentroidsField,
  GranularityField,
  NumbersField,
  RangeField,
  SymmetryField,
} from "./schemeFields.tsx";

interface Props {
  readonly ids: readonly string[];
  readonly layer: LayerSummary;
  readonly target: Target;
}

const widths: Readonly<Record<Target, readonly number[]>> = {
  weight: [1, 2, 3, 4, 5, 6, 7, 8, 16],
  activation: [2, 3, 4, 5, 6, 7, 8, 16],
};

export function SchemeEditor({ ids, layer, target }: Props) {
  const recipe = useStore((state) => state.recipe);
  const scheme = schemeFor(recipe, layer.id, target);
  const facts = scheme && formatFacts(scheme.format);
  const choice = scheme && choiceOf(scheme.format);
  const heeds = choice?.row.heeds ?? [];
  const own = ids.some((id) => hasOwn(recipe, id, target));
  const change = (fields: Partial<Scheme>) => {
    consider(null);
    if (scheme) chooseScheme(ids, target, { ...scheme, ...fields });
  };
  const choose = (bits: Bits) => {
    consider(null);
    chooseBits(ids, target, bits);
  };
  const chooseFormat = (id: string) => {
    const bits = formatBits(id, target, layer);
    if (bits !== null) choose(bits);
  };
  const chooseWidth = (bits: number) => {
    if (!scheme || facts?.family !== "int") return choose(bits);
    change({ format: formatOf(scheme.format.startsWith("int"), bits) });
  };
  const weigh = (considered: Scheme | undefined) =>
    consider(
      sameScheme(considered, scheme) ? null : { layer: layer.id, target, scheme: considered, by: "option" },
    );
  const weighBits = (bits: Bits | null) => {
    if (bits === null) return consider(null);
    weigh(bits === floating ? undefined : cellScheme(recipe, target, bits));
  };
  const weighFields = (fields: Partial<Scheme> | null) => {
    if (!fields || !scheme) return consider(null);
    weigh({ ...scheme, ...fields });
  };
  const weighWidth = (width: string | null) => {
    if (width === null) return consider(null);
    if (!scheme || facts?.family !== "int") return weighBits(Number(width));
    weighFields({ format: formatOf(scheme.format.startsWith("int"), Number(width)) });
  };
  return (
    <section className="scheme" aria-label="Scheme">
      <div className="values-head">
        <h3>Scheme</h3>
        <Button size="small" kind="plain" disabled={!own} onClick={() => reset(ids, target)}>
          Reset to the default
        </Button>
      </div>
      <dl className="scheme-fields">
        <dt>Format</dt>
        <dd>
          <Select
            label="Format"
            value={choice?.id ?? floating}
            options={[
              { value: floating, text: "Float: not quantized" },
              ...formatChoices(target).map(({ id, title }) => ({ value: id, text: title })),
            ]}
            onChange={chooseFormat}
            onConsider={(id) => weighBits(id === null ? null : formatBits(id, target, layer))}
          />
          {facts && choice && choice.id !== facts.name && (
            <NumbersField facts={facts} row={choice.row} change={change} />
          )}
        </dd>
        {(!facts || facts.family === "int") && (
          <>
            <dt>Bits</dt>
            <dd>
              <Segments
                label="Bits"
                value={facts ? String(facts.bits) : floating}
                options={widths[target].map((width) => ({ value: String(width), text: String(width) }))}
                onChange={(value) => chooseWidth(Number(value))}
                onConsider={weighWidth}
              />
            </dd>
          </>
        )}
        {scheme && facts && choice && (
          <>
            {heeds.includes("symmetric") && (
              <SymmetryField
                scheme={scheme}
                onSigned={(signed) => change({ format: formatOf(signed, facts.bits) })}
                change={change}
                consider={weighFields}
              />
            )}
            {choice.row.granularities.length > 1 && (
              <>
                <dt>
                  <Term of="granularity">Granularity</Term>
                </dt>
                <dd>
                  <GranularityField
                    scheme={scheme}
                    kinds={choice.row.granularities}
                    disabled={target === "activation"}
                    change={change}
                    consider={weighFields}
                  />
                </dd>
              </>
            )}
            {heeds.includes("range") && (
              <>
                <dt>
                  <Term of="range">Range</Term>
                </dt>
                <dd>
                  <RangeField scheme={scheme} change={change} consider={weighFields} />
                </dd>
              </>
            )}
            {heeds.includes("rounding") && target === "weight" && (
              <>
                <dt>
                  <Term of="rounding">Rounding</Term>
                </dt>
                <dd>
                  <Segments
                    label="Rounding"
                    value={scheme.rounding ?? "nearest"}
                    options={[
                      { value: "nearest", text: "to nearest" },
                      { value: "squant", text: "keeping sums" },
                    ]}
                    onChange={(rounding) => change({ rounding: rounding as "nearest" })}
                    onConsider={(rounding) =>
                      weighFields(rounding === null ? null : { rounding: rounding as "nearest" })
                    }
                  />
                </dd>
              </>
            )}
            {heeds.includes("centroids") && <CentroidsField scheme={scheme} change={change} />}
            {target === "weight" && <MemoryField layer={layer} scheme={scheme} change={change} />}
          </>
        )}
      </dl>
      {scheme && choice && (
        <p className="scheme-note">
          {choice.row.help} Runs in ONNX Runtime: {runsWhere(scheme.format)}.
        </p>
      )}
    </section>
  );
}

/** The column that a choice of format begins with; null of one that there is not. */
function formatBits(id: string, target: Target, layer: LayerSummary): Bits | null {
  if (id === floating) return floating;
  if (id === integerId) return 8;
  const chosen = formatChoices(target).find((each) => each.id === id);
  if (!chosen) return null;
  return chosen.row.family === "product" ? fittingProduct(layer.weights[0]?.shape ?? []) : chosen.first;
}

const formatOf = (signed: boolean, bits: number) => `${signed ? "int" : "uint"}${bits}`;
