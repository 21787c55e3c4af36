// How well predictions rank the layers at each bit-width: Spearman's correlation of predicted and measured, weights and
// activations apart. Recharts is loaded with this file, when the dialog that shows it is asked for.

import { useRef } from "react";
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { storageBits } from "../state/edits.ts";
import type { ColumnAgreement } from "../state/sweep/agreement.ts";
import { csv } from "../ui/csv.ts";
import { SaveMenu } from "./SaveMenu.tsx";
import "./charts.css";

/** Below this the order of the layers is no guide. */
const useful = 0.85;
const text = { fill: "var(--ink-3)", fontSize: 11 } as const;

export function RankChart({ columns }: { readonly columns: readonly ColumnAgreement[] }) {
  const figure = useRef<HTMLElement>(null);
  const integers = columns.filter(({ bits, spearman }) => typeof bits === "number" && spearman !== null);
  const widths = [...new Set(integers.map(({ bits }) => storageBits(bits)))].sort((a, b) => a - b);
  if (widths.length < 2) return null;
  const at = (bits: number, target: ColumnAgreement["target"]) =>
    integers.find((column) => column.bits === bits && column.target === target)?.spearman ?? null;
  const rows = widths.map((bits) => ({
    bits,
    weight: at(bits, "weight"),
    activation: at(bits, "activation"),
  }));
  const lowest = Math.min(0, ...integers.map(({ spearman }) => spearman ?? 0));
  const line = { isAnimationActive: false, connectNulls: true, strokeWidth: 1.5 } as const;
  return (
    <figure ref={figure} className="rank-chart" aria-label="Rank correlation at each bit-width">
      <ResponsiveContainer width="100%" height={148}>
        <LineChart data={rows} margin={{ top: 8, right: 12, bottom: 14, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="bits"
            type="number"
            domain={["dataMin", "dataMax"]}
            ticks={widths}
            tick={text}
            stroke="var(--line-strong)"
            label={{ value: "bits", position: "insideBottom", offset: -10, ...text }}
          />
          <YAxis
            domain={[Math.floor(lowest * 2) / 2, 1]}
            ticks={lowest < 0 ? [-1, -0.5, 0, 0.5, 1] : [0, 0.5, 1]}
            tick={text}
            stroke="var(--line-strong)"
            width={52}
            label={{
              value: "Spearman",
              angle: -90,
              position: "insideLeft",
              offset: 8,
              style: { textAnchor: "middle" },
              ...text,
            }}
          />
          <ReferenceLine y={useful} stroke="var(--ink-3)" strokeDasharray="2 3" />
          <Line {...line} dataKey="weight" stroke="var(--accent)" dot={{ r: 3, fill: "var(--accent)" }} />
          <Line
            {...line}
            dataKey="activation"
            stroke="var(--ink-3)"
            strokeDasharray="5 3"
            dot={{ r: 3, fill: "var(--surface)", strokeDasharray: "none" }}
          />
        </LineChart>
      </ResponsiveContainer>
      <figcaption className="figure-foot">
        <p className="scatter-caption">
          Spearman at each width: weights solid, activations dashed. Above the dotted line the order of the
          layers can be relied on.
        </p>
        <SaveMenu
          label="Save the rank correlations"
          name="rank-correlation"
          title="Spearman’s rank correlation of predicted and measured, at each bit-width"
          source="weights solid, activations dashed; cells that are both predicted and measured"
          picture={() => figure.current?.querySelector<SVGSVGElement>("svg.recharts-surface")}
          csv={() => ranksCsv(columns)}
        />
      </figcaption>
    </figure>
  );
}

const ranksCsv = (columns: readonly ColumnAgreement[]) =>
  csv([
    ["tensor", "bits", "spearman", "ratio", "n"],
    ...columns.map(({ target, bits, spearman, ratio, n }) => [target, bits, spearman, ratio, n]),
  ]);
