// How strongly the clips of every two tensors hang together, at a chosen width: what is bright must be chosen jointly.

import type { CouplingReport } from "@bitscape/engine";
import { useEffect, useMemo, useRef } from "react";
import { ColourBar } from "../charts/ColourBar.tsx";
import { colourAt } from "../charts/colour.ts";
import { shareKey } from "../charts/colourKey.ts";
import { MatrixChart } from "../charts/MatrixChart.tsx";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { put, useLandscape } from "../state/landscape/landscape.ts";
import { askCoupling, couplingKey, openSlice } from "../state/landscape/slices.ts";
import { cancelTask } from "../state/landscape/tasks.ts";
import { sliceWidths, tensorName } from "../state/landscape/tensors.ts";
import { useStore } from "../state/store.ts";
import { PanelState } from "../ui/PanelState.tsx";
import { Segments } from "../ui/Segments.tsx";
import { useDark } from "../ui/theme.ts";
import { largestCouplings, matrixFacts } from "./couplings.ts";
import { couplingCsv } from "./csv.ts";
import { lossUnit } from "./readings.ts";
import { TaskState } from "./TaskState.tsx";
import { pictureStyle, usePictureSide } from "./usePictureSide.ts";

const listed = 10;
const couplingUnit = "coupling |H₁₂| / √(H₁₁ H₂₂)";

export function CouplingView() {
  const recipe = useStore((state) => state.recipe);
  const back = useStore((state) => state.lost === null || state.lost.back);
  const bits = useLandscape((state) => state.couplingBits);
  const task = useLandscape((state) => state.coupling);
  const key = couplingKey(recipe, bits);
  // Nobody looks at it any more; asked again, it goes on from there.
  useEffect(() => () => cancelTask("coupling"), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another recipe only when asked for
  useEffect(() => {
    const { coupling } = useLandscape.getState();
    const current = coupling.valueKey === key && (coupling.phase === "done" || coupling.phase === "running");
    if (back && !current) askCoupling(bits);
  }, [bits, back]);
  const report = task.value;
  const stale = task.valueKey !== key;
  return (
    <div className="landscape-view">
      <div className="landscape-controls">
        <span className="landscape-field">
          <span className="quiet">all tensors at bits</span>
          <Segments
            label="Bits of all tensors"
            value={String(bits)}
            options={sliceWidths.map((width) => ({ value: String(width), text: String(width) }))}
            onChange={(value) => put({ couplingBits: Number(value) })}
          />
        </span>
        <p className="quiet landscape-hint">
          The further along the scale, the more two clips hang together; above 1 the loss is no bowl there.
          Switch the bits: what can be chosen apart at 4 often cannot at 2.
        </p>
      </div>
      <div className="landscape-columns" style={pictureStyle(usePictureSide())}>
        {report ? (
          <Matrix report={report} stale={stale} />
        ) : (
          <div className="landscape-empty">
            <PanelState kind={task.phase === "running" ? "loading" : "empty"}>
              {task.phase === "running" ? "The first curvatures are on their way…" : "Not known."}
            </PanelState>
          </div>
        )}
        <div className="landscape-side">
          <TaskState
            task={task}
            what={`Measuring curvatures at ${bits} bits`}
            stale={stale}
            {...(report && report.bits !== bits && { staleWords: `Still that of ${report.bits} bits.` })}
            action="Measure"
            onAsk={() => askCoupling(bits)}
            onCancel={() => cancelTask("coupling")}
          />
          {report && <Largest report={report} stale={stale} />}
        </div>
      </div>
    </div>
  );
}

function Matrix({ report, stale }: { readonly report: CouplingReport; readonly stale: boolean }) {
  const svg = useRef<SVGSVGElement>(null);
  const side = usePictureSide();
  const dark = useDark();
  const names = useMemo(() => report.of.map(tensorName), [report.of]);
  const words = (row: number, column: number) => {
    if (row === column) return `${names[row]}: itself`;
    const value = report.matrix[row * names.length + column] as number;
    const said = Number.isNaN(value) ? "not known" : `coupling ${value.toFixed(2)}`;
    return `${names[row]} × ${names[column]}: ${said}`;
  };
  return (
    <figure className="landscape-picture" aria-label="Coupling of all tensors">
      <MatrixChart
        label={`Coupling of ${names.length} tensors at ${report.bits} bits`}
        names={names}
        matrix={report.matrix}
        place={(share) => share}
        colour={colourAt}
        axes="tensors, in the order of the network"
        idle="Point at a cell; a click opens the slice of its two tensors."
        stale={stale}
        most={side}
        svgRef={svg}
        words={words}
        onChoose={(row, column) => {
          const [a, b] = [report.of[row], report.of[column]];
          if (a && b) openSlice([a, b], report.bits);
        }}
      />
      <figcaption className="landscape-caption">
        <ColourBar of={shareKey(couplingUnit, dark)} />
        <SaveMenu
          label="Save the matrix"
          name={`coupling-${report.bits}-bits`}
          title={`Coupling of the clips of every two tensors at ${report.bits} bits`}
          source={`measured, n=${report.n}`}
          colours={(dark) => shareKey(couplingUnit, dark)}
          picture={() => svg.current}
          csv={() => couplingCsv(report)}
        />
      </figcaption>
    </figure>
  );
}

function Largest({ report, stale }: { readonly report: CouplingReport; readonly stale: boolean }) {
  const { mean, strong, pairs } = matrixFacts(report);
  return (
    <section className="landscape-result" data-stale={stale || undefined} aria-label="Most coupled">
      <h3>Most coupled at {report.bits} bits</h3>
      <p className="quiet">
        Mean {pairs ? mean.toFixed(3) : "unknown"} over {pairs} pairs, {strong} above one half (
        {lossUnit(report.metric)}, measured, n={report.n}).
      </p>
      <ol className="coupled-list">
        {largestCouplings(report, listed).map(({ a, b, value }) => (
          <li key={`${tensorName(a)} ${tensorName(b)}`}>
            <button type="button" className="coupled" onClick={() => openSlice([a, b], report.bits)}>
              <span>
                {tensorName(a)} × {tensorName(b)}
              </span>
              <span>{value.toFixed(2)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
