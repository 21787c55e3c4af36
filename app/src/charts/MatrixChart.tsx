// A square matrix as colours, a cell for every two of the same things; a cell is pointed at, or walked to by arrows, and may be
// chosen by a click or Enter. Row 0 is at the top; the columns are the rows again, from left to right.

import { type KeyboardEvent, type MouseEvent, memo, type Ref, useMemo, useRef, useState } from "react";
import { useDark } from "../ui/theme.ts";
import { inks } from "./colour.ts";
import { heatPaths } from "./heatPaths.ts";
import { useWidth } from "./useWidth.ts";
import "./field.css";

type At = readonly [row: number, column: number];
type Pointed = Pick<MouseEvent, "clientX" | "clientY" | "currentTarget">;

interface Props {
  readonly label: string;
  readonly names: readonly string[];
  /** [n, n], row-major; NaN where not known. The diagonal is not drawn: it is each with itself. */
  readonly matrix: ArrayLike<number>;
  /** Where a value is on the scale of colours, 0 to 1; and its colour there. */
  readonly place: (value: number) => number;
  readonly colour: (place: number, dark: boolean) => string;
  /** What rows and columns are: "layers, in the order of the network". */
  readonly axes: string;
  /** Side at most, pixels, with the names. */
  readonly most?: number;
  readonly stale?: boolean;
  readonly svgRef?: Ref<SVGSVGElement>;
  /** What a cell says. */
  readonly words: (row: number, column: number) => string;
  /** Said while no cell is pointed at. */
  readonly idle: string;
  readonly onChoose?: (row: number, column: number) => void;
}

/** Names are written where a row is at least so high; they take so much room, and so many letters. */
const named = { cell: 11, width: 152, letters: 25 } as const;
const foot = 20;
/** Side of a cell at most, pixels. */
const largest = 40;

export function MatrixChart({ label, names, matrix, most = 420, stale, svgRef, words, ...rest }: Props) {
  const { idle, axes, onChoose } = rest;
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const dark = useDark();
  const [at, setAt] = useState<At | null>(null);
  const count = names.length;
  const side = (room: number) => Math.max(2, Math.min(largest, Math.floor(room / Math.max(1, count))));
  const room = Math.min(most, width);
  const left = side(room - named.width) >= named.cell ? named.width : 0;
  const cell = side(room - left);
  const under = (event: Pointed): At | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const [row, column] = [event.clientY - box.top, event.clientX - box.left - left].map((offset) =>
      Math.floor(offset / cell),
    ) as [number, number];
    return row >= 0 && row < count && column >= 0 && column < count ? [row, column] : null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const [row, column] = at ?? [0, 0];
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (row !== column) onChoose?.(row, column);
      return;
    }
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const within = (to: number) => Math.max(0, Math.min(count - 1, to));
    setAt(at ? [within(row + step[0]), within(column + step[1])] : [0, Math.min(1, count - 1)]);
  };
  return (
    <div ref={holder} className="chart field-chart matrix-chart" data-stale={stale || undefined}>
      {width > 0 && (
        <svg
          ref={svgRef}
          width={left + cell * count}
          height={cell * count + foot}
          className="matrix-cells"
          data-choose={onChoose ? "" : undefined}
          role="application"
          aria-roledescription="matrix"
          aria-label={`${label}${at ? `: ${words(...at)}` : ""}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it is handled by keys
          tabIndex={0}
          onKeyDown={onKeyDown}
          onFocus={() => setAt((before) => before ?? [0, Math.min(1, count - 1)])}
          onBlur={() => setAt(null)}
          onPointerMove={(event) => setAt(under(event))}
          onPointerLeave={() => setAt(null)}
          onClick={(event) => {
            const cell = under(event);
            if (cell && cell[0] !== cell[1]) onChoose?.(...cell);
          }}
        >
          {left > 0 && <Names names={names} cell={cell} />}
          <g transform={`translate(${left} 0)`}>
            <rect className="field-ground" width={cell * count} height={cell * count} />
            <Cells {...{ matrix, count, cell, dark }} place={rest.place} colour={rest.colour} />
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
            <text className="chart-text" y={cell * count + 14}>
              {axes}
            </text>
          </g>
        </svg>
      )}
      <p className="matrix-words" aria-live="polite">
        {at ? words(...at) : idle}
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

const Names = memo(function Names({
  names,
  cell,
}: {
  readonly names: readonly string[];
  readonly cell: number;
}) {
  return names.map((name, i) => (
    <text
      key={name}
      className="chart-text"
      x={named.width - 8}
      y={(i + 0.5) * cell + 4}
      textAnchor="end"
      style={{ fontSize: Math.min(11, cell - 1) }}
    >
      {name.length > named.letters ? `…${name.slice(1 - named.letters)}` : name}
    </text>
  ));
});

interface CellsProps extends Pick<Props, "matrix" | "place" | "colour"> {
  readonly count: number;
  readonly cell: number;
  readonly dark: boolean;
}

const Cells = memo(function Cells({ matrix, count, cell, dark, place, colour }: CellsProps) {
  const paths = useMemo(() => {
    // Row 0 is at the top here: heatPaths' rows go up.
    const values = Float64Array.from({ length: count * count }, (_, k) => {
      const [row, column] = [count - 1 - Math.floor(k / count), k % count];
      return row === column ? Number.NaN : (matrix[row * count + column] as number);
    });
    return heatPaths({ rows: count, columns: count, values }, place);
  }, [matrix, count, place]);
  const diagonal = Array.from({ length: count }, (_, i) => `M${i} ${i}h1v1h-1z`).join("");
  return (
    <g transform={`scale(${cell})`}>
      {paths.map(({ place, d }) => (
        <path key={place} d={d} fill={colour(place, dark)} shapeRendering="crispEdges" />
      ))}
      <path d={diagonal} fill={inks(dark).line} />
    </g>
  );
});
