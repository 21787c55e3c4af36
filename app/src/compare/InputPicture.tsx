// A network's input as a person can look at it: an image, a spectrogram, a waveform, text, or bars. Which of them it is, the
// engine says (inputView.ts).

import type { InputView } from "@bitscape/engine";
import { useLayoutEffect, useMemo, useRef } from "react";
import { featureColour } from "../charts/featureColour.ts";
import { PreviewImage } from "../open/PreviewImage.tsx";
import { formatCount, formatShape, formatValue } from "../ui/numbers.ts";
import "./input.css";

type Of<Kind extends InputView["kind"]> = Extract<InputView, { kind: Kind }>;

interface Props {
  readonly input: InputView;
  /** Longest side, pixels. */
  readonly size?: number;
  /** With axes, and whole. */
  readonly large?: boolean;
}

export function InputPicture({ input, size = 64, large = false }: Props) {
  if (input.kind === "image") return <PreviewImage preview={input.image} size={size} />;
  if (input.kind === "wave") return <Wave input={input} size={size} large={large} />;
  if (input.kind === "features") return <Features input={input} size={size} large={large} />;
  if (input.kind === "values") return <Bars input={input} size={size} large={large} />;
  return <Tokens input={input} size={size} large={large} />;
}

interface PartProps<Kind extends InputView["kind"]> {
  readonly input: Of<Kind>;
  readonly size: number;
  readonly large: boolean;
}

const GRID_TOKENS = 40;

function Tokens({ input: { ids, text, length, input }, size, large }: PartProps<"tokens">) {
  const shown = large ? ids : ids.slice(0, GRID_TOKENS);
  const words = text ?? shown.join(" ");
  return (
    <span
      className="input-tokens"
      data-large={large || undefined}
      style={large ? undefined : { width: size, height: size }}
      title={`${input}: ${formatCount(length)} tokens`}
    >
      {words}
      {length > shown.length && " …"}
    </span>
  );
}

/** Extremes over time, as editors of sound draw them. */
function Wave({ input: { low, high, input, length }, size, large }: PartProps<"wave">) {
  const [width, height] = large ? [2 * size, size / 2] : [size, size];
  let top = 1e-12;
  for (const value of low) top = Math.max(top, Math.abs(value));
  for (const value of high) top = Math.max(top, Math.abs(value));
  const at = (i: number, value: number) =>
    `${((i * width) / low.length).toFixed(2)},${(height / 2 - (value / top) * (height / 2)).toFixed(2)}`;
  const up = Array.from(high, (value, i) => at(i, value));
  const down = Array.from(low, (value, i) => at(i, value)).reverse();
  return (
    <span className="input-framed">
      <svg
        className="input-wave"
        viewBox={`0 0 ${width} ${height}`}
        style={{ width, height }}
        role="img"
        aria-label={`Waveform of ${input}, ${formatCount(length)} values`}
      >
        <line x1={0} x2={width} y1={height / 2} y2={height / 2} />
        <polygon points={[...up, ...down].join(" ")} />
      </svg>
      {large && (
        <span className="input-axis">
          0 to {formatCount(length)} values · ±{formatValue(top)}
        </span>
      )}
    </span>
  );
}

/** Features over time, the first feature at the bottom, as spectrograms are drawn. */
function Features({ input, size, large }: PartProps<"features">) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { values, features, frames, shape } = input;
  const [low, high] = useMemo(() => ends(values), [values]);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const pixels = context.createImageData(frames, features);
    const span = high > low ? high - low : 1;
    for (let feature = 0; feature < features; feature++) {
      for (let frame = 0; frame < frames; frame++) {
        const share = ((values[feature * frames + frame] as number) - low) / span;
        pixels.data.set(featureColour(share), 4 * ((features - 1 - feature) * frames + frame));
      }
    }
    context.putImageData(pixels, 0, 0);
  }, [values, features, frames, low, high]);
  const [width, height] = large ? [1.5 * size, size * 0.75] : [size, size];
  return (
    <span className="input-framed">
      <canvas
        ref={canvas}
        className="input-features"
        width={frames}
        height={features}
        role="img"
        aria-label={`${input.input}: ${formatCount(shape[0])} features over ${formatCount(shape[1])} frames`}
        style={{ width, height }}
      />
      {large && (
        <span className="input-axis">
          across: {formatCount(shape[1])} frames · up: {formatCount(shape[0])} features · dark{" "}
          {formatValue(low)} and below, light {formatValue(high)} and above
        </span>
      )}
    </span>
  );
}

/** Share of the values on either side that all get the last colour: energies and first coefficients dwarf the rest. */
const TAIL = 0.03;

function ends(values: Float32Array): readonly [number, number] {
  const sorted = Float32Array.from(values).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [at(TAIL), at(1 - TAIL)];
}

const MOST_BARS = 64;

function Bars({ input: { values, shape, input }, size, large }: PartProps<"values">) {
  const [width, height] = large ? [1.5 * size, size / 2] : [size, size];
  const shown = values.subarray(0, MOST_BARS);
  let [low, high] = [0, 0];
  for (const value of shown) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const span = high > low ? high - low : 1;
  const y = (value: number) => height - ((value - low) / span) * height;
  const step = width / Math.max(1, shown.length);
  return (
    <span className="input-framed">
      <svg
        className="input-bars"
        viewBox={`0 0 ${width} ${height}`}
        style={{ width, height }}
        role="img"
        aria-label={`${input}, ${formatShape(shape)}: ${Array.from(shown.subarray(0, 6), formatValue).join(", ")}${values.length > 6 ? ", …" : ""}`}
      >
        {Array.from(shown, (value, i) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: values have no other identity
            key={i}
            x={i * step}
            width={Math.max(0.5, step * 0.8)}
            y={Math.min(y(value), y(0))}
            height={Math.max(0.5, Math.abs(y(value) - y(0)))}
          />
        ))}
      </svg>
      {large && (
        <span className="input-axis">
          the first {formatCount(shown.length)} of {formatShape(shape)} values · {formatValue(low)} to{" "}
          {formatValue(high)}
        </span>
      )}
    </span>
  );
}
