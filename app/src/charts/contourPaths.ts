// Contour lines of a field, as paths in the same units as heatPaths.ts.

import { contours } from "d3-contour";
import type { Field } from "./field.ts";

export interface ContourPath {
  readonly level: number;
  readonly d: string;
}

/** One path a level. The field must have no gaps; with less than 2 × 2 points there are no lines. */
export function contourPaths({ rows, columns, values }: Field, levels: readonly number[]): ContourPath[] {
  if (rows < 2 || columns < 2) return [];
  // Infinite loss would make every line beside it vertical.
  const finite = Array.from(values, (value) => (Number.isFinite(value) ? value : Number.MAX_VALUE));
  const found = contours()
    .size([columns, rows])
    .smooth(true)
    .thresholds([...levels])(finite);
  return found.map(({ value, coordinates }) => ({
    level: value,
    d: coordinates
      .flat()
      .flatMap((ring) => open(ring as [number, number][], rows, columns))
      .map((line) => `M${line.map(([x, y]) => `${x.toFixed(2)} ${(rows - y).toFixed(2)}`).join("L")}`)
      .join(""),
  }));
}

type Point = readonly [x: number, y: number];

/** A ring without what runs along the picture's edge, where it is closed only to be a ring. */
function open(ring: readonly Point[], rows: number, columns: number): Point[][] {
  const lines: Point[][] = [];
  let line: Point[] = [];
  ring.forEach((point, i) => {
    const before = ring[i - 1];
    if (before && alongEdge(before, point, rows, columns)) {
      if (line.length > 1) lines.push(line);
      line = [];
    }
    line.push(point);
  });
  return line.length > 1 ? [...lines, line] : lines;
}

// Beyond the middle of the outermost cells there is no data.
const alongEdge = ([ax, ay]: Point, [bx, by]: Point, rows: number, columns: number) =>
  Math.max(ax, bx) <= 0.5 ||
  Math.min(ax, bx) >= columns - 0.5 ||
  Math.max(ay, by) <= 0.5 ||
  Math.min(ay, by) >= rows - 0.5;
