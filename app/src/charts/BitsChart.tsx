// What each bit-width costs one layer: divergence against bits, with 95 % intervals. Recharts is loaded with this file.

import type { Finding } from "@bitscape/engine";
import {
  CartesianGrid,
  ErrorBar,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatDivergenceFinding } from "../ui/numbers.ts";
import "./charts.css";

export interface BitsPoint {
  readonly bits: number;
  readonly weight?: Finding;
  readonly activation?: Finding;
}

interface Props {
  readonly points: readonly BitsPoint[];
  readonly chosen: number | "fp";
  readonly unit: string;
  readonly animate: boolean;
}

const least = 1e-7;

export function BitsChart({ points, chosen, unit, animate }: Props) {
  const rows = points.map(({ bits, weight, activation }) => ({
    bits,
    weight: plotted(weight),
    weightError: error(weight),
    activation: plotted(activation),
    activationError: error(activation),
  }));
  const ticks = decades(points);
  const common = { isAnimationActive: animate, connectNulls: true, strokeWidth: 1.5 } as const;
  return (
    <ResponsiveContainer width="100%" height={152}>
      <LineChart data={rows} margin={{ top: 20, right: 12, bottom: 12, left: 0 }} accessibilityLayer>
        <CartesianGrid stroke="var(--line)" vertical={false} />
        <XAxis
          dataKey="bits"
          type="number"
          domain={[2, 8]}
          ticks={[2, 3, 4, 5, 6, 8]}
          tick={{ fill: "var(--ink-3)", fontSize: 11 }}
          stroke="var(--line-strong)"
          label={{ value: "bits", position: "insideBottom", offset: -8, fill: "var(--ink-3)", fontSize: 11 }}
        />
        <YAxis
          scale="log"
          domain={[ticks[0] as number, ticks.at(-1) as number]}
          ticks={ticks}
          interval={0}
          allowDataOverflow
          width={44}
          tickFormatter={(value: number) =>
            value < 1e-3 ? value.toExponential(0).replace("-", "−") : String(value)
          }
          tick={{ fill: "var(--ink-3)", fontSize: 11 }}
          stroke="var(--line-strong)"
          label={{ value: unit, position: "top", offset: 8, fill: "var(--ink-3)", fontSize: 11 }}
        />
        {chosen !== "fp" && <ReferenceLine x={chosen} stroke="var(--ink)" strokeDasharray="2 3" />}
        <Tooltip
          content={({ active, label }) => {
            const point = points.find(({ bits }) => bits === label);
            if (!active || !point) return null;
            return (
              <div className="tip">
                <strong>{point.bits} bits</strong>
                {point.weight && <div>weights {formatDivergenceFinding(point.weight)}</div>}
                {point.activation && <div>activations {formatDivergenceFinding(point.activation)}</div>}
              </div>
            );
          }}
        />
        <Line
          {...common}
          dataKey="weight"
          name="weights"
          stroke="var(--accent)"
          dot={{ r: 3, fill: "var(--accent)" }}
        >
          <ErrorBar dataKey="weightError" width={4} stroke="var(--accent)" strokeWidth={1} />
        </Line>
        <Line
          {...common}
          dataKey="activation"
          name="activations"
          stroke="var(--ink-3)"
          strokeDasharray="5 3"
          dot={{ r: 3, fill: "var(--surface)", strokeDasharray: "none" }}
        >
          <ErrorBar dataKey="activationError" width={4} stroke="var(--ink-3)" strokeWidth={1} />
        </Line>
      </LineChart>
    </ResponsiveContainer>
  );
}

/** Powers of ten around all values, every second one where they are many. */
function decades(points: readonly BitsPoint[]): number[] {
  const all = points.flatMap(({ weight, activation }) =>
    [plotted(weight) ?? [], plotted(activation) ?? []].flat(),
  );
  const low = Math.floor(Math.log10(Math.min(...all, 0.01)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all, 0.1))));
  const step = high - low > 4 ? 2 : 1;
  const count = Math.ceil((high - low) / step);
  return Array.from({ length: count + 1 }, (_, i) => 10 ** (high - (count - i) * step));
}

/** A logarithmic axis has no zero: what noise takes below the least is drawn at it. */
const plotted = (finding: Finding | undefined) =>
  finding && Number.isFinite(finding.value) ? Math.max(least, finding.value) : null;

function error(finding: Finding | undefined): [number, number] | null {
  const value = plotted(finding);
  if (value === null || !finding || !Number.isFinite(finding.high)) return null;
  return [value - Math.max(value / 10, least, finding.low), Math.max(0, finding.high - value)];
}
