// Values on a grid that fills from coarse to fine: reading between its points, and filling what is not known yet. Only for
// drawing and for a first guess: what is known stays what it is.

export interface Field {
  readonly rows: number;
  readonly columns: number;
  /** Row-major; NaN where not known yet. */
  readonly values: ArrayLike<number>;
}

/** On what to interpolate: values as they are, or their logarithms, for what spans decades. */
export interface Scale {
  readonly to: (value: number) => number;
  readonly from: (value: number) => number;
}

const plain: Scale = { to: (value) => value, from: (value) => value };
/** What is not positive counts as next to nothing. */
export const logarithmic: Scale = {
  to: (value) => Math.log(value > 1e-12 || Number.isNaN(value) ? value : 1e-12),
  from: Math.exp,
};

/** Bilinear between the four points around a place (in grid points); NaN where one of them is not known. */
export function between(
  { rows, columns, values }: Field,
  row: number,
  column: number,
  scale: Scale = plain,
): number {
  const [r, c] = [inside(row, rows), inside(column, columns)];
  const [r0, c0] = [
    Math.min(Math.floor(r), Math.max(0, rows - 2)),
    Math.min(Math.floor(c), Math.max(0, columns - 2)),
  ];
  const [dr, dc] = [r - r0, c - c0];
  let sum = 0;
  for (const [i, j, weight] of [
    [r0, c0, (1 - dr) * (1 - dc)],
    [r0, c0 + 1, (1 - dr) * dc],
    [r0 + 1, c0, dr * (1 - dc)],
    [r0 + 1, c0 + 1, dr * dc],
  ] as const) {
    // A neighbour without weight may be outside, or not known.
    if (weight > 0) sum += weight * scale.to(values[i * columns + j] ?? Number.NaN);
  }
  return scale.from(sum);
}

const inside = (place: number, count: number) => Math.min(count - 1, Math.max(0, place));

/** The finest grid all of whose points are known, as a step between its points; null where there is none. */
export function wholeStep({ rows, columns, values }: Field): number | null {
  for (const step of steps(rows, columns)) {
    let whole = true;
    for (let i = 0; i < rows && whole; i += step) {
      for (let j = 0; j < columns && whole; j += step) whole = !Number.isNaN(values[i * columns + j]);
    }
    if (whole) return step;
  }
  return null;
}

/** Steps that lead from the first to the last point along both axes, fine to coarse. */
function steps(rows: number, columns: number): number[] {
  const found: number[] = [];
  const most = Math.max(1, Math.min(rows, columns) - 1);
  for (let step = 1; step <= most; step++) {
    if ((rows - 1) % step === 0 && (columns - 1) % step === 0) found.push(step);
  }
  return found;
}

/**
 * The field with its gaps filled: from the finest grid that is whole by interpolation; before there is one, each known
 * point stands for what is halfway to the next, and what is further from all of them stays NaN.
 */
export function filled(field: Field, scale: Scale = plain): Float64Array {
  const { rows, columns, values } = field;
  const dense = Float64Array.from(values);
  const step = wholeStep(field);
  if (step === 1) return dense;
  const coarse = step === null ? null : every(field, step);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = i * columns + j;
      if (coarse && Number.isNaN(dense[at]))
        dense[at] = between(coarse, i / (step as number), j / (step as number), scale);
    }
  }
  return coarse ? dense : nearest(rows, columns, dense);
}

function every({ rows, columns, values }: Field, step: number): Field {
  const [r, c] = [(rows - 1) / step + 1, (columns - 1) / step + 1];
  const kept = Float64Array.from({ length: r * c }, (_, k) =>
    Number(values[Math.floor(k / c) * step * columns + (k % c) * step]),
  );
  return { rows: r, columns: c, values: kept };
}

/** Grows what is known over what is not, ring by ring, halfway to where the next known point would be. */
function nearest(rows: number, columns: number, values: Float64Array): Float64Array {
  let front: number[] = [];
  values.forEach((value, at) => {
    if (!Number.isNaN(value)) front.push(at);
  });
  for (let rings = leastGap(columns, front) >> 1; rings > 0; rings--) {
    const next: number[] = [];
    for (const at of front) {
      const [row, column] = [Math.floor(at / columns), at % columns];
      for (let i = Math.max(0, row - 1); i <= Math.min(rows - 1, row + 1); i++) {
        for (let j = Math.max(0, column - 1); j <= Math.min(columns - 1, column + 1); j++) {
          const to = i * columns + j;
          if (!Number.isNaN(values[to])) continue;
          values[to] = values[at] as number;
          next.push(to);
        }
      }
    }
    front = next;
  }
  return values;
}

/** Columns between the two known points of one row that are next to each other most closely; 0 where no row has two. */
function leastGap(columns: number, known: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  known.forEach((at, k) => {
    const before = known[k - 1];
    if (before !== undefined && Math.floor(before / columns) === Math.floor(at / columns))
      least = Math.min(least, at - before);
  });
  return Number.isFinite(least) ? least : 0;
}
