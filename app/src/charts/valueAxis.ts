// A linear axis of values over so many pixels, and back.

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly x: (value: number) => number;
  readonly value: (x: number) => number;
}

export function axisOf({ from, to }: Pick<Axis, "from" | "to">, width: number): Axis {
  const range = to - from || 1;
  return {
    ...{ from, to, width },
    x: (value) => ((value - from) / range) * width,
    value: (x) => from + (x / (width || 1)) * range,
  };
}
