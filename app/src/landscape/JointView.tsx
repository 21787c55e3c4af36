// Choosing all steps jointly: LAPQ on the present recipe, its way, what it found, and whether that holds on samples that it
// has not seen.

import { schemeFor } from "@bitscape/engine";
import { Suspense, useRef } from "react";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { applyJoint, jointTensors, optimize, pauseJoint, standingOf } from "../state/landscape/joint.ts";
import { put, useLandscape } from "../state/landscape/landscape.ts";
import { cancelTask } from "../state/landscape/tasks.ts";
import { useStore } from "../state/store.ts";
import { applyPreset, undo } from "../state/study.ts";
import { Button } from "../ui/Button.tsx";
import { late } from "../ui/late.ts";
import { formatDivergence } from "../ui/numbers.ts";
import { Segments } from "../ui/Segments.tsx";
import { Term } from "../ui/Term.tsx";
import { ClipBars } from "./ClipBars.tsx";
import { traceCsv } from "./csv.ts";
import { JointResult } from "./JointResult.tsx";
import { lossUnit } from "./readings.ts";
import { TaskState } from "./TaskState.tsx";

const TraceChart = late(async () => (await import("../charts/TraceChart.tsx")).TraceChart);

export function JointView() {
  const recipe = useStore((state) => state.recipe);
  const task = useLandscape((state) => state.joint);
  const trace = useLandscape((state) => state.trace);
  const running = task.phase === "running";
  const report = running ? null : task.value;
  const standing = report && standingOf(report, task.valueKey, recipe);
  const layers = useStore((state) => state.model?.layers);
  const count = jointTensors(layers ?? [], recipe).length;
  return (
    <div className="landscape-view">
      <Controls running={running} count={count} />
      {count === 0 && !report && !running ? (
        <Pointless />
      ) : (
        <div className="landscape-columns">
          <Trace />
          <div className="landscape-side">
            <TaskState
              task={task}
              what="Choosing the clips jointly"
              stale={standing === "stale"}
              staleWords="The recipe has changed since: this is about the one before."
              action="Optimize"
              onAsk={() => optimize()}
              onCancel={() => cancelTask("joint")}
            />
            {report && standing && (
              <JointResult
                report={report}
                standing={standing}
                onApply={() => applyJoint(report)}
                onUndo={undo}
                onResume={() => optimize(true)}
              />
            )}
            {report && <ClipBars report={report} stale={standing === "stale"} />}
            {!report && !running && trace.length === 0 && (
              <p className="quiet">
                <Term of="lapq">LAPQ</Term> starts from the best of several usual range rules and then moves
                all {count} <Term of="clip">clips</Term> together, by the loss of the whole network on
                calibration samples. Evaluation samples are kept apart for the judgement.
              </p>
            )}
          </div>
        </div>
      )}
    </div>
  );
}

function Controls({ running, count }: { readonly running: boolean; readonly count: number }) {
  const asked = useLandscape((state) => state.jointAsked);
  const labelled = useStore((state) => state.data?.labelled === true && state.data.labelProblem === null);
  return (
    <div className="landscape-controls">
      {running ? (
        <Button onClick={pauseJoint}>Pause</Button>
      ) : (
        <Button kind="primary" disabled={count === 0} onClick={() => optimize()}>
          Optimize the clips
        </Button>
      )}
      <Segments
        label="Method"
        value={asked.method}
        disabled={running}
        options={[
          { value: "lapq", text: "LAPQ (Powell)" },
          { value: "coordinates", text: "one by one" },
        ]}
        onChange={(method) => put({ jointAsked: { ...asked, method: method as "lapq" } })}
      />
      <Segments
        label="Loss to lower"
        value={asked.loss}
        disabled={running}
        options={[
          { value: "kl", text: "KL to float" },
          { value: "cross-entropy", text: "cross-entropy", disabled: !labelled },
        ]}
        onChange={(loss) => put({ jointAsked: { ...asked, loss: loss as "kl" } })}
      />
      <span className="landscape-field">
        <span className="quiet">sweeps</span>
        <Segments
          label="Sweeps"
          value={String(asked.sweeps)}
          disabled={running}
          options={[1, 2, 3].map((sweeps) => ({ value: String(sweeps), text: String(sweeps) }))}
          onChange={(sweeps) => put({ jointAsked: { ...asked, sweeps: Number(sweeps) } })}
        />
      </span>
    </div>
  );
}

function Pointless() {
  const float = useStore(({ model, recipe }) =>
    (model?.layers ?? []).every(({ id }) =>
      (["weight", "activation"] as const).every((target) => schemeFor(recipe, id, target) === undefined),
    ),
  );
  return (
    <div className="landscape-empty" data-block="">
      <p>
        {float
          ? "Nothing is quantized: there is no clip to choose."
          : "Nothing is quantized to integers: other formats have levels of their own, and no clip to choose."}
      </p>
      <Button onClick={() => applyPreset("w4a8")}>Quantize to 4-bit weights and 8-bit activations</Button>
    </div>
  );
}

function Trace() {
  const trace = useLandscape((state) => state.trace);
  const task = useLandscape((state) => state.joint);
  const asked = useLandscape((state) => state.jointAsked);
  const figure = useRef<HTMLElement>(null);
  const unit = asked.loss === "kl" ? lossUnit("kl") : "cross-entropy, nats";
  const last = trace.at(-1);
  if (!last) {
    return (
      <div className="landscape-empty">
        <p className="quiet">
          {task.phase === "running"
            ? "The first evaluations are on their way…"
            : "Loss against evaluations will be here."}
        </p>
      </div>
    );
  }
  const said = `Loss against evaluations: ${last.evaluation} evaluations, best ${formatDivergence(last.best)} ${unit}`;
  return (
    <figure className="landscape-picture" data-wide="" ref={figure} aria-label="Trace of the optimiser">
      <Suspense fallback={<p className="quiet">Loading the chart…</p>}>
        <TraceChart label={said} rows={trace} before={trace[0]?.loss ?? null} unit={unit} />
      </Suspense>
      <figcaption className="landscape-caption">
        <span className="quiet" role="status">
          {said}
        </span>
        <SaveMenu
          label="Save the trace"
          name="optimiser-trace"
          title="Loss against evaluations of the optimiser: every try a dot, the best so far a line"
          source={`measured on calibration samples${task.value ? `, n=${task.value.loss.n}` : ""}`}
          picture={() => figure.current?.querySelector<SVGSVGElement>("svg.recharts-surface")}
          csv={() => traceCsv(trace)}
        />
      </figcaption>
    </figure>
  );
}
