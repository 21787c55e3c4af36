// What the selected layer's scheme costs and saves; beside it, what a scheme that is considered would.

import {
  type Finding,
  type LayerSummary,
  recipeKey,
  type SizeReport,
  schemeFor,
  type Target,
} from "@bitscape/engine";
import { type ReactNode, useLayoutEffect, useRef } from "react";
import { formatTitle } from "../layers/formats.ts";
import { rowSizes } from "../layers/rowSizes.ts";
import { dropWords, metricName, sourceWords } from "../layers/words.ts";
import { DataMark } from "../open/DataMark.tsx";
import { useBudget } from "../state/budget/store.ts";
import { bitsOf, cellScheme, floating, type Scheme, sameValues } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { cellKey, failureOf, isFailed, shown } from "../state/sweep/known.ts";
import { useTrial } from "../state/trial.ts";
import { formatBytes, formatCount, formatDivergenceFinding, formatExactBytes } from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";
import { measuredTime } from "./measuredTime.ts";
import { speedHint } from "./speed.ts";
import { useHistogram } from "./useHistogram.ts";
import "./consequences.css";

interface Props {
  readonly layer: LayerSummary;
  readonly target: Target;
}

export function Consequences({ layer, target }: Props) {
  const trial = useTrial((state) =>
    state.trial?.layer === layer.id && state.trial.target === target ? state.trial : null,
  );
  return (
    <section className="consequences" aria-label="What it costs and saves">
      <Present layer={layer} target={target} />
      {trial && (
        <Beside>
          <Present layer={layer} target={target} beside />
          <Considered layer={layer} target={target} scheme={trial.scheme} />
        </Beside>
      )}
    </section>
  );
}

/** The least room to the left of the inspector that a card needs, pixels. */
const CARD = 440;

/** A card beside the inspector: what is considered is in sight, and no option is covered. Without room it lies in the text. */
function Beside({ children }: { readonly children: ReactNode }) {
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const panel = card.current?.closest(".inspector")?.getBoundingClientRect();
    if (!card.current || !panel || panel.left < CARD) return;
    card.current.dataset.beside = "";
    card.current.style.right = `${window.innerWidth - panel.left + 8}px`;
    card.current.style.bottom = `${window.innerHeight - panel.bottom}px`;
  }, []);
  return (
    <div className="considered" role="status" ref={card}>
      {children}
    </div>
  );
}

interface FactsProps {
  readonly head?: string;
  readonly loss: ReactNode;
  readonly error?: ReactNode;
  readonly size: ReactNode;
  readonly speed: ReactNode;
}

/** What a scheme costs: side by side without a head, in a column under one. */
function Facts({ head, loss, error, size, speed }: FactsProps) {
  return (
    <div className="consequences-facts" data-column={head === undefined ? undefined : ""}>
      {head !== undefined && <p className="consequences-head">{head}</p>}
      <dl>
        <div>
          <dt>Loss alone</dt>
          <dd>{loss}</dd>
        </div>
        {error !== undefined && (
          <div>
            <dt>
              <Term of="sqnr">SQNR</Term>
            </dt>
            <dd>{error}</dd>
          </div>
        )}
        <div>
          <dt>Bytes</dt>
          <dd>{size}</dd>
        </div>
        <div>
          <dt>Speed</dt>
          <dd>{speed}</dd>
        </div>
      </dl>
    </div>
  );
}

/** In the inspector without SQNR, which stands over the distribution there. */
function Present({ layer, target, beside = false }: Props & { readonly beside?: boolean }) {
  const recipe = useStore((state) => state.recipe);
  const size = useStore((state) => state.size);
  const scheme = schemeFor(recipe, layer.id, target);
  const key = recipeKey(recipe);
  return (
    <Facts
      {...(beside && {
        head: "As it is",
        error: <Noise layer={layer} target={target} scheme={scheme} />,
      })}
      loss={<Cost layer={layer} target={target} />}
      size={
        <span data-stale={size?.key !== key || undefined}>
          <Bytes layer={layer} report={size?.value ?? null} />
        </span>
      }
      speed={<Speed layer={layer} target={target} scheme={scheme} />}
    />
  );
}

function Considered({ layer, target, scheme }: Props & { readonly scheme: Scheme | undefined }) {
  const { trial, size, loss, failure } = useTrial();
  const present = useStore((state) => state.size?.value.bytes ?? null);
  const title = formatTitle(bitsOf(scheme));
  return (
    <Facts
      head={`Considered: ${title}`}
      loss={
        scheme === undefined ? (
          "none: it stays in floating point"
        ) : failure !== null ? (
          <span className="failure">{failure}</span>
        ) : loss ? (
          <Loss finding={loss} />
        ) : (
          <span className="quiet">measuring…</span>
        )
      }
      error={<Noise layer={layer} target={target} scheme={scheme} passing={trial?.by === "clip"} />}
      size={
        <>
          <Bytes layer={layer} report={size} />
          {size && present !== null && (
            <span className="consequences-line quiet">file {changeWords(size.bytes - present)}</span>
          )}
        </>
      }
      speed={<Speed layer={layer} target={target} scheme={scheme} />}
    />
  );
}

/** "+1,024 bytes", "the same". */
const changeWords = (bytes: number) =>
  bytes === 0 ? "as it is" : `${bytes < 0 ? "−" : "+"}${formatExactBytes(Math.abs(bytes))}`;

function Bytes({ layer, report }: { readonly layer: LayerSummary; readonly report: SizeReport | null }) {
  if (!report) return <span className="quiet">…</span>;
  const { float, now } = rowSizes([layer], report).get(layer.id) ?? { float: 0, now: 0 };
  if (float === 0)
    return (
      <span title={formatExactBytes(report.bytes)}>{formatBytes(report.bytes)} in all: no weights here</span>
    );
  return (
    <span title={`${formatExactBytes(float)} → ${formatExactBytes(now)}`}>
      <strong>{formatBytes(now)}</strong> of {formatBytes(float)}
    </span>
  );
}

function Speed({ layer, target, scheme }: Props & { readonly scheme: Scheme | undefined }) {
  const recipe = useStore((state) => state.recipe);
  const times = useBudget((state) => state.times);
  const other = target === "weight" ? "activation" : "weight";
  const schemes = { [target]: scheme, [other]: schemeFor(recipe, layer.id, other) } as Record<
    Target,
    Scheme | undefined
  >;
  const timed = times && measuredTime(times, layer, schemes, other);
  return <span>{timed ?? speedHint({ layer, ...schemes })}</span>;
}

/** How far the values themselves are off: no loss, which is the network's. */
function Noise({
  layer,
  target,
  scheme,
  passing = false,
}: Props & { readonly scheme: Scheme | undefined; readonly passing?: boolean }) {
  const { report, stale } = useHistogram(layer.id, target, scheme, null, passing);
  if (!scheme) return <>no error</>;
  if (!report || stale || report.sqnrDb === null) return <span className="quiet">…</span>;
  return <>{report.sqnrDb.toFixed(1).replace("-", "−")} dB</>;
}

function Loss({ finding }: { readonly finding: Finding }) {
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const estimator = useStore((state) => state.estimator);
  return (
    <>
      <strong>
        {metric === "mse" ? metricName(metric) : <Term of="kl">KL</Term>} {formatDivergenceFinding(finding)}
      </strong>
      <span className="consequences-line quiet">
        {sourceWords(finding, estimator)}, n={formatCount(finding.n)}
      </span>
    </>
  );
}

function Cost({ layer, target }: Props) {
  const recipe = useStore((state) => state.recipe);
  const scheme = schemeFor(recipe, layer.id, target);
  const bits = bitsOf(scheme);
  const cell = useStore((state) => shown(cellKey(layer.id, target, bits), state.cells, state.predictions));
  if (bits === floating) return <>none: it stays in floating point</>;
  if (!cell) return <span className="quiet">not yet known at {formatTitle(bits)}</span>;
  if (isFailed(cell)) return <span className="failure">{failureOf(cell)}</span>;
  const drop = dropWords(cell);
  return (
    <>
      <Loss finding={cell.finding} />
      {drop && (
        <span className="consequences-line quiet">
          <Term of="drop">{drop}</Term>
        </span>
      )}
      <DataMark />
      {!sameValues(scheme, cellScheme(recipe, target, bits)) && (
        <span className="consequences-note">The cell's scheme differs from this one beyond its format.</span>
      )}
    </>
  );
}
