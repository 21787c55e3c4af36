// The fields of a scheme, one component each: what a format does not heed is not shown (SchemeEditor.tsx decides).

import type { FormatFacts, FormatRow } from "@bitscape/engine";
import type { Scheme } from "../state/edits.ts";
import { NumberField } from "../ui/NumberField.tsx";
import { formatValue } from "../ui/numbers.ts";
import { Segments } from "../ui/Segments.tsx";
import { Term } from "../ui/Term.tsx";
import { withArg } from "./formatChoices.ts";

export type Change = (fields: Partial<Scheme>) => void;

interface Field {
  readonly scheme: Scheme;
  readonly change: Change;
  /** Called with what an option that is pointed at would change; null when none is. */
  readonly consider?: ((fields: Partial<Scheme> | null) => void) | undefined;
}

/** An option's fields for whoever considers it. */
const considering = (consider: Field["consider"], fields: (value: string) => Partial<Scheme>) =>
  consider && { onConsider: (value: string | null) => consider(value === null ? null : fields(value)) };

/** The numbers in a format's name. */
export function NumbersField({
  facts,
  row,
  change,
}: {
  readonly facts: FormatFacts;
  readonly row: FormatRow;
  readonly change: Change;
}) {
  if (facts.args.length !== row.params.length) return <span className="quiet">{facts.name}</span>;
  return row.params.map(({ name, least, most, help }, i) => (
    <span key={name} className="scheme-number" title={help}>
      {name}{" "}
      <NumberField
        label={`${name}: ${help}`}
        value={facts.args[i] as number}
        min={least}
        max={most}
        whole
        width={48}
        accepts={(value) => withArg(facts, i, value) !== null}
        onChange={(value) => change({ format: withArg(facts, i, value) ?? facts.name })}
      />
    </span>
  ));
}

export function SymmetryField({
  scheme,
  change,
  consider,
  onSigned,
}: Field & { readonly onSigned: (signed: boolean) => void }) {
  return (
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
          onChange={(value) => onSigned(value === "signed")}
        />
        <Segments
          label="Zero point"
          value={scheme.symmetric ? "symmetric" : "asymmetric"}
          options={[
            { value: "symmetric", text: "symmetric" },
            { value: "asymmetric", text: "asymmetric" },
          ]}
          onChange={(value) => change({ symmetric: value === "symmetric" })}
          {...considering(consider, (value) => ({ symmetric: value === "symmetric" }))}
        />
      </dd>
    </>
  );
}

export function GranularityField({
  scheme: { granularity },
  kinds,
  disabled,
  change,
  consider,
}: Field & { readonly kinds: FormatRow["granularities"]; readonly disabled: boolean }) {
  const block = typeof granularity === "object" ? granularity.block : null;
  const kind = typeof granularity === "object" ? "block" : granularity;
  // A format without blocks takes them for channels.
  const shown = kinds.includes(kind) ? kind : "channel";
  const fields = (value: string): Partial<Scheme> => ({
    granularity: value === "block" ? { block: block ?? 32 } : (value as "tensor"),
  });
  return (
    <>
      <Segments
        label="Granularity"
        value={shown}
        disabled={disabled}
        options={kinds.map((each) => ({ value: each, text: each }))}
        onChange={(value) => change(fields(value))}
        {...considering(disabled ? undefined : consider, fields)}
      />
      {shown === "block" && block !== null && (
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

const rules = [
  { value: "minmax", text: "min–max" },
  { value: "mse", text: "least squares" },
  { value: "percentile", text: "percentile" },
];

/** A rule that a recipe has and that is not offered to others: it stays until another is chosen. */
function ownRule(range: Scheme["range"]): { value: string; text: string } | undefined {
  if (range === "sawb") return { value: "sawb", text: "SAWB" };
  if (typeof range !== "object" || "percentile" in range) return undefined;
  if ("lp" in range) return { value: "lp", text: `least L${range.lp} error` };
  if ("clip" in range)
    return { value: "clip", text: `${formatValue(range.clip[0])} to ${formatValue(range.clip[1])}` };
  const base = range.of ?? "minmax";
  const known = rules.find(({ value }) => value === base)?.text ?? ownRule(base)?.text;
  return {
    value: "ratio",
    text: `${range.ratio.toPrecision(3)} × ${known ?? `percentile ${(base as { percentile: number }).percentile}`}`,
  };
}

export function RangeField({ scheme: { range }, change, consider }: Field) {
  const percentile = typeof range === "object" && "percentile" in range ? range.percentile : null;
  const own = ownRule(range);
  const shown = percentile === null ? (own?.value ?? (range as string)) : "percentile";
  const fields = (value: string): Partial<Scheme> =>
    value === shown
      ? { range }
      : { range: value === "percentile" ? { percentile: 99.99 } : (value as "mse") };
  return (
    <>
      <Segments
        label="Range rule"
        value={shown}
        options={own ? [...rules, own] : rules}
        onChange={(value) => {
          if (value !== own?.value) change(fields(value));
        }}
        {...considering(consider, fields)}
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

export function CentroidsField({ scheme, change }: Field) {
  return (
    <>
      <dt>
        <Term of="centroids">Centroids</Term>
      </dt>
      <dd>
        <Segments
          label="Centroids"
          value={scheme.centroids ?? "float32"}
          options={[
            { value: "float32", text: "float32" },
            { value: "int8", text: "int8" },
          ]}
          onChange={(value) => change({ centroids: value as "int8" })}
        />
      </dd>
    </>
  );
}
