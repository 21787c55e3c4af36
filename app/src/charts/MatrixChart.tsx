// A square matrix of shares as colours, a cell for every two tensors; a cell is chosen by a click or by arrows and Enter.

import { type KeyboardEvent, memo, type PointerEvent, type Ref, useMemo, useRef, useState } from "react";
import { useDark } from "../ui/theme.ts";
import { colourAt, inks } from "./colour.ts";
import { heatPaths } from "./heatPaths.ts";
import { useWidth } from "./useWidth.ts";
import "./field.css";

type At = readonly [row: number, column: number];

interface Props {
  readonly label: string;
  readonly names: readonly string[];
  /** [n, n], row-major; 0 to 1, NaN where not known. */
  readonly matrix: ArrayLike<number>;
  readonly most?: number;
  readonly stale?: boolean;
  readonly svgRef?: Ref<SVGSVGElement>;
  /** What a cell says. */
  readonly words: (row: number, column: number) => string;
  readonly onChoose: (row: number, column: number) => void;
}

export function MatrixChart({ label, names, matrix, most = 420, stale, svgRef, words, onChoose }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const dark = useDark();
  const [at, setAt] = useState<At | null>(null);
  const count = names.length;
  const cell = Math.max(2, Math.min(28, Math.floor(Math.min(most, width) / Math.max(1, count))));
  const side = cell * count;
  const under = (event: PointerEvent<SVGSVGElement>): At => {
    const box = event.currentTarget.getBoundingClientRect();
    const place = (offset: number) => Math.max(0, Math.min(count - 1, Math.floor(offset / cell)));
    return [place(event.clientY - box.top), place(event.clientX - box.left)];
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const [row, column] = at ?? [0, 0];
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (row !== column) onChoose(row, column);
      return;
    }
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const place = (to: number) => Math.max(0, Math.min(count - 1, to));
    setAt(at ? [place(row + step[0]), place(column + step[1])] : [0, Math.min(1, count - 1)]);
  };
  return (
    <div ref={holder} className="chart field-chart matrix-chart" data-stale={stale || undefined}>
      {width > 0 && (
        <svg
          ref={svgRef}
          width={side}
          height={side}
          className="matrix-cells"
          role="application"
          aria-roledescription="matrix"
          aria-label={`${label}${at ? `: ${words(...at)}` : ""}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it is handled by keys
          tabIndex={0}
          onKeyDown={onKeyDown}
          onFocus={() => setAt((before) => before ?? [0, Math.min(1, count - 1)])}
          onPointerMove={(event) => setAt(under(event))}
          onPointerLeave={() => setAt(null)}
          onClick={() => at && at[0] !== at[1] && onChoose(...at)}
        >
          <rect className="field-ground" width={side} height={side} />
          <Cells matrix={matrix} count={count} cell={cell} dark={dark} />
          {at && (
            <rect
              data-handle=""
              className="matrix-here"
              x={at[1] * cell}
              y={at[0] * cell}
              width={cell}
              height={cell}
            />
          )}
        </svg>
      )}
      <p className="matrix-words" aria-live="polite">
        {at ? words(...at) : "Point at a cell; a click opens the slice of its two tensors."}
      </p>
    </div>
  );
}

const steps: Readonly<Record<string, At>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

interface CellsProps {
  readonly matrix: ArrayLike<number>;
  readonly count: number;
  readonly cell: number;
  readonly dark: boolean;
}

const Cells = memo(function Cells({ matrix, count, cell, dark }: CellsProps) {
  const paths = useMemo(() => {
    // Row 0 is at the top here: heatPaths' rows go up.
    const values = Float64Array.from({ length: count * count }, (_, k) => {
      const [row, column] = [count - 1 - Math.floor(k / count), k % count];
      return row === column ? Number.NaN : (matrix[row * count + column] as number);
    });
    return heatPaths({ rows: count, columns: count, values }, (share) => share);
  }, [matrix, count]);
  const diagonal = Array.from({ length: count }, (_, i) => `M${i} ${i}h1v1h-1z`).join("");
  return (
    <g transform={`scale(${cell})`}>
      {paths.map(({ place, d }) => (
        <path key={place} d={d} fill={colourAt(place, dark)} shapeRendering="crispEdges" />
      ))}
      <path d={diagonal} fill={inks(dark).line} />
    </g>
  );
});
