// The first values of an output, float below quantized, on one scale.

interface Props {
  readonly float: Float32Array;
  readonly quantized: Float32Array;
}

const WIDTH = 132;
const HEIGHT = 40;

export function ValuesPicture({ float, quantized }: Props) {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of [float, quantized]) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const span = high > low ? high - low : 1;
  const line = (values: Float32Array) =>
    Array.from(
      values,
      (value, i) =>
        `${((i / Math.max(1, values.length - 1)) * WIDTH).toFixed(1)},${(HEIGHT - ((value - low) / span) * HEIGHT).toFixed(1)}`,
    ).join(" ");
  return (
    <svg
      className="values-picture"
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label="First output values, float and quantized"
    >
      <polyline points={line(float)} data-of="float" />
      <polyline points={line(quantized)} data-of="quantized" />
    </svg>
  );
}
