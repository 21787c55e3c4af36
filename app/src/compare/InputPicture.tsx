// A network's input as a person can look at it: an image, a waveform, tokens, or values.

import type { InputView } from "@bitscape/engine";
import { PreviewImage } from "../open/PreviewImage.tsx";
import { formatCount, formatShape, formatValue } from "../ui/numbers.ts";

const SIZE = 64;

export function InputPicture({ input }: { readonly input: InputView }) {
  if (input.kind === "image") return <PreviewImage preview={input.image} size={SIZE} />;
  if (input.kind === "wave") return <Wave low={input.low} high={input.high} name={input.input} />;
  if (input.kind === "tokens") {
    return (
      <p className="sample-tokens" title={`${input.input}: ${formatCount(input.length)} tokens`}>
        {input.ids.slice(0, 24).join(" ")}
        {input.length > 24 && " …"}
      </p>
    );
  }
  return (
    <p className="sample-tokens" title={`${input.input}, ${formatShape(input.shape)}`}>
      {Array.from(input.values.subarray(0, 9), formatValue).join(" ")}
      {input.values.length > 9 && " …"}
    </p>
  );
}

/** Extremes over time, as editors of sound draw them. */
function Wave({ low, high, name }: { low: Float32Array; high: Float32Array; name: string }) {
  let top = 1e-12;
  for (const value of low) top = Math.max(top, Math.abs(value));
  for (const value of high) top = Math.max(top, Math.abs(value));
  const at = (i: number, value: number) =>
    `${((i * SIZE) / low.length).toFixed(2)},${(SIZE / 2 - (value / top) * (SIZE / 2)).toFixed(2)}`;
  const up = Array.from(high, (value, i) => at(i, value));
  const down = Array.from(low, (value, i) => at(i, value)).reverse();
  return (
    <svg className="sample-wave" width={SIZE} height={SIZE} role="img" aria-label={`Waveform of ${name}`}>
      <polygon points={[...up, ...down].join(" ")} />
    </svg>
  );
}
