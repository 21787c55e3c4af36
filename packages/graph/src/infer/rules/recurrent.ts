// Shape rules of recurrent layers. Source: ONNX LSTM, GRU and RNN 7, 14 (layout), 22; com.microsoft.DynamicQuantizeLSTM.

import { intOf, stringOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { dim, each, type InferRule, like, need, ranked, type Site } from "../rule.ts";

/** Y, Y_h and (LSTM) Y_c of X [sequence, batch, input], or batch first where layout is 1. */
function states(site: Site, hidden: number) {
  const x = need(site, 0);
  const directions = stringOf(site.node, "direction", "forward") === "bidirectional" ? 2 : 1;
  const [first = 0, second = 0] = ranked(x, 3);
  const batchFirst = intOf(site.node, "layout", 0) === 1;
  const last = like(x, batchFirst ? [first, directions, hidden] : [directions, second, hidden]);
  const all = batchFirst ? [first, second, directions, hidden] : [first, directions, second, hidden];
  return [like(x, all), last, last];
}

const recurrent: InferRule = (site) =>
  states(site, intOf(site.node, "hidden_size") ?? dim(need(site, 2).shape, -1));

export const recurrence = {
  ...each(["GRU", "LSTM", "RNN"], recurrent),
  // R is stored transposed: [directions, hidden, 4 · hidden].
  "com.microsoft.DynamicQuantizeLSTM": (site) =>
    states(site, intOf(site.node, "hidden_size") ?? dim(need(site, 2).shape, 1)),
} satisfies Partial<Record<OpType, InferRule>>;
