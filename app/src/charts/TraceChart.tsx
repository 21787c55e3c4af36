// The optimiser's loss against evaluations: every try a dot, the best so far a line. Recharts is loaded with this file.

import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { formatDivergence } from "../ui/numbers.ts";
import "./charts.css";

export interface TraceRow {
  readonly evaluation: number;
  readonly loss: number;
  readonly best: number;
}

interface Props {
  readonly label: string;
  readonly rows: readonly TraceRow[];
  /** The loss before anything was tried. */
  readonly before: number | null;
  /** "KL to float, nats". */
  readonly unit: string;
}

const text = { fill: "var(--ink-3)", fontSize: 11 } as const;
// More points are not seen, and take long to draw.
const most = 400;

export function TraceChart({ label, rows, before, unit }: Props) {
  const shown = thinned(rows, most);
  return (
    <figure className="trace-chart" aria-label={label}>
      <ResponsiveContainer width="100%" height={200}>
        <LineChart
          data={shown}
          margin={{ top: 8, right: 12, bottom: 16, left: 4 }}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="evaluation"
            type="number"
            domain={["dataMin", "dataMax"]}
            tick={text}
            stroke="var(--line-strong)"
            label={{ value: "evaluations of the loss", position: "insideBottom", offset: -10, ...text }}
          />
          <YAxis
            scale="log"
            domain={["auto", "auto"]}
            allowDataOverflow
            tick={text}
            tickFormatter={(value: number) => formatDivergence(value, 2)}
            stroke="var(--line-strong)"
            width={72}
            label={{
              value: unit,
              angle: -90,
              position: "insideLeft",
              offset: 4,
              style: { textAnchor: "middle" },
              ...text,
            }}
          />
          {before !== null && before > 0 && (
            <ReferenceLine y={before} stroke="var(--ink-3)" strokeDasharray="2 3" />
          )}
          <Line
            dataKey="loss"
            stroke="none"
            dot={{ r: 2, fill: "var(--ink-3)", fillOpacity: 0.5, stroke: "none" }}
            isAnimationActive={false}
          />
          <Line
            type="stepAfter"
            dataKey="best"
            stroke="var(--accent)"
            strokeWidth={1.75}
            dot={false}
            isAnimationActive={false}
          />
        </LineChart>
      </ResponsiveContainer>
    </figure>
  );
}

function thinned(rows: readonly TraceRow[], count: number): TraceRow[] {
  const positive = rows.filter(({ loss, best }) => loss > 0 && best > 0 && Number.isFinite(loss));
  if (positive.length <= count) return positive;
  const every = positive.length / count;
  const kept = Array.from({ length: count }, (_, i) => positive[Math.floor(i * every)] as TraceRow);
  return [...kept, positive.at(-1) as TraceRow];
}
