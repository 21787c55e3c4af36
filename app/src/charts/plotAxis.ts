// An axis of a picture on a grid: from values to places on the grid and back, and which values to write. Not pixels: a
// place counts grid points, 0 at the first.

export interface PlotAxis {
  readonly label: string;
  /** Ascending, evenly spaced on the scale. */
  readonly values: ArrayLike<number>;
  readonly scale: "log" | "linear";
}

/** A turned box has no place for names: a surface's axes in words, as they lie before it is turned. */
export const surfaceAxes = (rows: PlotAxis, columns: PlotAxis) =>
  `from left to right ${columns.label}, from front to back ${rows.label}, upwards the loss, logarithmic`;

const flat = { log: Math.log, linear: (value: number) => value } as const;
const unflat = { log: Math.exp, linear: (value: number) => value } as const;

const ends = ({ values, scale }: PlotAxis) =>
  [flat[scale](values[0] as number), flat[scale](values[values.length - 1] as number)] as const;

/** Where a value is, in grid points: 0 the first, values.length − 1 the last; beyond the ends it goes on. */
export function placeOf(axis: PlotAxis, value: number): number {
  const [from, to] = ends(axis);
  if (to === from) return 0;
  return ((flat[axis.scale](value) - from) / (to - from)) * (axis.values.length - 1);
}

/** The value at a place; kept between the first and the last. */
export function valueAt(axis: PlotAxis, place: number): number {
  const [from, to] = ends(axis);
  const last = axis.values.length - 1;
  if (last <= 0) return axis.values[0] as number;
  const share = Math.min(1, Math.max(0, place / last));
  return unflat[axis.scale](from + share * (to - from));
}

/** Round values to write along an axis, about so many at most. */
export function ticksOf(axis: PlotAxis, most: number): number[] {
  const [low, high] = [axis.values[0] as number, axis.values[axis.values.length - 1] as number];
  return axis.scale === "log" ? logTicks(low, high, most) : linearTicks(low, high, most);
}

function linearTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0)) return [low];
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * ([1, 2, 5, 10].find((each) => each * decade >= rough * (1 - 1e-9)) as number);
  const from = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - from + 1;
  return Array.from({ length: count }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}

// From dense to sparse: the first that fits is taken.
const mantissas = [[1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]] as const;

function logTicks(low: number, high: number, most: number): number[] {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const within = (steps: readonly number[]) =>
    Array.from({ length: to - from + 1 }, (_, i) => i + from)
      .flatMap((exponent) => steps.map((step) => Number(`${step}e${exponent}`)))
      .filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  for (const steps of mantissas) {
    const found = within(steps);
    if (found.length <= most) return found;
  }
  const decades = within([1]);
  const every = Math.ceil(decades.length / most);
  return decades.filter((_, i) => i % every === 0);
}
