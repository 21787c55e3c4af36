// How the selected layers' weights or activations are quantized, field by field.

import { type LayerSummary, schemeFor, type Target } from "@bitscape/engine";
import { type Bits, bitsOf, hasOwn, type Scheme } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { chooseBits, chooseScheme, reset } from "../state/study.ts";
import { Button } from "../ui/Button.tsx";
import { NumberField } from "../ui/NumberField.tsx";
import { Segments } from "../ui/Segments.tsx";
import { Term } from "../ui/Term.tsx";

interface Props {
  readonly ids: readonly string[];
  readonly layer: LayerSummary;
  readonly target: Target;
}

const widths = [2, 3, 4, 5, 6, 7, 8] as const;

export function SchemeEditor({ ids, layer, target }: Props) {
  const recipe = useStore((state) => state.recipe);
  const scheme = schemeFor(recipe, layer.id, target);
  const bits = bitsOf(scheme);
  const own = ids.some((id) => hasOwn(recipe, id, target));
  const change = (fields: Partial<Scheme>) => {
    if (scheme) chooseScheme(ids, target, { ...scheme, ...fields });
  };
  const chooseWidth = (value: Bits) => {
    if (value === "fp" || !scheme) return chooseBits(ids, target, value);
    change({ format: formatOf(scheme.format.startsWith("int"), value) });
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
        <dt>Bits</dt>
        <dd>
          <Segments
            label="Bits"
            value={String(bits)}
            options={[
              ...widths.map((width) => ({ value: String(width), text: String(width) })),
              { value: "fp", text: "float" },
            ]}
            onChange={(value) => chooseWidth(value === "fp" ? "fp" : Number(value))}
          />
        </dd>
        {scheme && (
          <>
            <dt>Codes</dt>
            <dd>
              <Segments
                label="Codes"
                value={scheme.format.startsWith("int") ? "signed" : "unsigned"}
                options={[
                  { value: "signed", text: "signed" },
                  { value: "unsigned", text: "unsigned" },
                ]}
                onChange={(value) => change({ format: formatOf(value === "signed", bits as number) })}
              />
              <Segments
                label="Zero point"
                value={scheme.symmetric ? "symmetric" : "asymmetric"}
                options={[
                  { value: "symmetric", text: "symmetric" },
                  { value: "asymmetric", text: "asymmetric" },
                ]}
                onChange={(value) => change({ symmetric: value === "symmetric" })}
              />
            </dd>
            <dt>
              <Term of="granularity">Granularity</Term>
            </dt>
            <dd>
              <GranularityField scheme={scheme} target={target} change={change} />
            </dd>
            <dt>
              <Term of="range">Range</Term>
            </dt>
            <dd>
              <RangeField scheme={scheme} change={change} />
            </dd>
            {target === "weight" && (
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
                  />
                </dd>
              </>
            )}
          </>
        )}
      </dl>
    </section>
  );
}

const formatOf = (signed: boolean, bits: number) => `${signed ? "int" : "uint"}${bits}` as Scheme["format"];

type Change = (fields: Partial<Scheme>) => void;

function GranularityField({ scheme, target, change }: { scheme: Scheme; target: Target; change: Change }) {
  const { granularity } = scheme;
  const block = typeof granularity === "object" ? granularity.block : null;
  return (
    <>
      <Segments
        label="Granularity"
        value={block === null ? (granularity as string) : "block"}
        disabled={target === "activation"}
        options={[
          { value: "tensor", text: "tensor" },
          { value: "channel", text: "channel" },
          { value: "block", text: "block" },
        ]}
        onChange={(value) => change({ granularity: value === "block" ? { block: 32 } : (value as "tensor") })}
      />
      {block !== null && (
        <span className="scheme-number">
          of{" "}
          <NumberField
            label="Block size"
            value={block}
            min={8}
            max={4096}
            whole
            width={64}
            onChange={(size) => change({ granularity: { block: size } })}
          />
        </span>
      )}
    </>
  );
}

function RangeField({ scheme, change }: { scheme: Scheme; change: Change }) {
  const { range } = scheme;
  const percentile = typeof range === "object" ? range.percentile : null;
  return (
    <>
      <Segments
        label="Range rule"
        value={percentile === null ? (range as string) : "percentile"}
        options={[
          { value: "minmax", text: "min–max" },
          { value: "mse", text: "least squares" },
          { value: "percentile", text: "percentile" },
        ]}
        onChange={(value) =>
          change({ range: value === "percentile" ? { percentile: 99.99 } : (value as "mse") })
        }
      />
      {percentile !== null && (
        <span className="scheme-number">
          <NumberField
            label="Percentile"
            value={percentile}
            min={50.001}
            max={100}
            width={72}
            onChange={(value) => change({ range: { percentile: value } })}
          />
        </span>
      )}
    </>
  );
}
