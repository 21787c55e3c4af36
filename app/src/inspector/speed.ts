// What a scheme does to a layer's speed in ONNX Runtime, in words: a row a case, the first that applies. Figures are of ONNX
// Runtime 1.30's WebAssembly build (design/runtime.md, section 3); a layer's own time, where it was measured, says more.

import { formatFacts, type LayerSummary } from "@bitscape/engine";
import type { Scheme } from "../state/edits.ts";

export interface SpeedAsk {
  readonly layer: Pick<LayerSummary, "op" | "depthwise" | "weights">;
  /** Undefined for float. */
  readonly weight: Scheme | undefined;
  readonly activation: Scheme | undefined;
}

type Row = readonly [applies: (ask: SpeedAsk) => boolean, words: string];

const integer = (scheme: Scheme | undefined, most: number) => {
  if (!scheme) return false;
  const { family, bits } = formatFacts(scheme.format);
  return family === "int" && bits <= most;
};
/** Both are integers of 8 bits or less, one scale a tensor or channel: ONNX Runtime then sums integers. */
const onIntegers = ({ weight, activation }: SpeedAsk) =>
  integer(weight, 8) && integer(activation, 8) && typeof weight?.granularity !== "object";
const isMatMul = ({ layer: { op } }: SpeedAsk) => op === "MatMul" || op === "Gemm";
const isConv = ({ layer: { op } }: SpeedAsk) => op === "Conv";
const kernelOf = ({ layer: { weights } }: SpeedAsk) => (weights[0]?.shape ?? []).slice(2);

const rows: readonly Row[] = [
  [({ weight, activation }) => !weight && !activation, "as fast as float: it is"],
  [
    (ask) => onIntegers(ask) && ask.layer.depthwise,
    "slower: integer depthwise takes 4 to 5 times as long in a browser",
  ],
  [
    (ask) => onIntegers(ask) && isConv(ask) && kernelOf(ask).every((size) => size === 1),
    "about 1.2 times as fast: integer 1×1 convolution",
  ],
  [(ask) => onIntegers(ask) && isConv(ask), "about 1.5 times as fast: integer convolution"],
  [(ask) => onIntegers(ask) && isMatMul(ask), "about 1.7 times as fast: integer product"],
  [
    (ask) =>
      ask.layer.op === "MatMul" &&
      ask.weight?.memory !== "expanded" &&
      integer(ask.weight, 8) &&
      typeof ask.weight?.granularity === "object" &&
      !ask.activation,
    "slower: weights are decoded at every run, 1.3 times as long for many rows, more for one",
  ],
  [({ weight }) => weight?.memory === "compact", "slower: weights are decoded at every run"],
  [
    ({ weight, activation }) => weight !== undefined && !activation,
    "as float: weights are decoded once, at load",
  ],
  [({ weight }) => !weight, "a little slower: activations are rounded, the sums stay float"],
];

/** The hint in words. */
export const speedHint = (ask: SpeedAsk): string =>
  rows.find(([applies]) => applies(ask))?.[1] ?? "slower: rounding is added, the sums stay float";
