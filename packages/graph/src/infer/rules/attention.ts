// Shape rules of fused transformer operators. Source: ONNX Attention 23, RotaryEmbedding 23; ONNX Runtime 1.30's
// contrib operators (docs/ContribOperators.md). Caches that share one buffer keep the buffer's length.

import { intOf, intsOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { dim, each, type InferRule, type Inferred, like, need, ranked, type Site } from "../rule.ts";

const first: InferRule = (site) => [like(need(site, 0))];

/** [batch, heads, length, size] of a tensor that may be [batch, length, heads · size]. */
function headed(input: Inferred, heads: number): readonly [number, number, number, number] {
  const [batch = 0, second = 0, third = 0, fourth] = ranked(input, 3);
  return fourth === undefined ? [batch, heads, second, third / heads] : [batch, second, third, fourth];
}

const attention: InferRule = (site) => {
  const [q, k, v] = [need(site, 0), need(site, 1), need(site, 2)];
  const heads = intOf(site.node, "q_num_heads", 1);
  const kvHeads = intOf(site.node, "kv_num_heads", 1);
  const [batch, queryHeads, length] = headed(q, heads);
  const [, keyHeads, keyLength, size] = headed(k, kvHeads);
  const [, valueHeads, , valueSize] = headed(v, kvHeads);
  const total = keyLength + (site.inputs[4]?.shape[2] ?? 0);
  const flat = q.shape.length === 3;
  return [
    like(q, flat ? [batch, length, queryHeads * valueSize] : [batch, queryHeads, length, valueSize]),
    like(k, [batch, keyHeads, total, size]),
    like(v, [batch, valueHeads, total, valueSize]),
    like(q, [batch, queryHeads, length, total]),
  ];
};

/** One input, weights for Q, K and V merged; the past at `past` is [2, batch, heads, length, size]. */
const merged =
  (past: number, typed: number): InferRule =>
  (site) => {
    const [batch = 0, length = 0] = ranked(need(site, 0), 3);
    const columns = dim(need(site, 1).shape, -1);
    const sizes = intsOf(site.node, "qkv_hidden_sizes");
    const hidden = sizes?.[2] ?? columns / 3;
    const heads = intOf(site.node, "num_heads", 1);
    const { dtype } = need(site, typed);
    const before = site.inputs[past]?.shape[3] ?? 0;
    const shared = intOf(site.node, "past_present_share_buffer", 0) !== 0;
    const total = shared ? before : before + length;
    return [
      { dtype, shape: [batch, length, hidden] },
      { dtype, shape: [2, batch, heads, total, hidden / heads] },
    ];
  };

const multiHead: InferRule = (site) => {
  const q = need(site, 0);
  const heads = intOf(site.node, "num_heads", 1);
  const [batch = 0, length = 0, hidden = 0] = q.shape;
  const past = site.inputs[6]?.shape[2] ?? 0;
  // Packed QKV: [batch, length, heads, 3, size].
  if (q.shape.length === 5) {
    const size = dim(q.shape, 4);
    const present = like(q, [batch, heads, past + length, size]);
    return [like(q, [batch, length, heads * size]), present, present];
  }
  const key = site.inputs[1];
  const value = site.inputs[2];
  // Packed KV: the value is inside the key. A 4-D value is a past of cross attention.
  const valueSize = value
    ? value.shape.length === 4
      ? heads * dim(value.shape, 3)
      : dim(value.shape, 2)
    : hidden;
  const keys = key ? (key.shape.length === 4 ? dim(key.shape, 2) : dim(key.shape, 1)) : length;
  const total = site.inputs[8] ? past : past + keys;
  const cache = (size: number) => like(q, [batch, heads, total, size / heads]);
  return [
    like(q, [batch, length, valueSize]),
    cache(hidden),
    cache(valueSize),
    like(q, [batch, heads, length, total]),
  ];
};

/** Grouped queries over a cache [batch, kv heads, length, size]; Q, K and V may come packed in Q. */
const grouped: InferRule = (site) => {
  const q = need(site, 0);
  const [batch = 0, length = 0, width = 0] = ranked(q, 3);
  const heads = intOf(site.node, "num_heads", 1);
  const kvHeads = intOf(site.node, "kv_num_heads", 1);
  const size = site.inputs[1] ? width / heads : width / (heads + 2 * kvHeads);
  const cache = cacheOf(site, length);
  const dtype = site.inputs[3]?.dtype ?? q.dtype;
  const present: Inferred = {
    dtype,
    shape: site.inputs[3]?.shape.with(2, cache) ?? [batch, kvHeads, cache, size],
  };
  return [like(q, [batch, length, heads * size]), present, present];
};

/** The cache's new length: what was there and what comes, or the total that input 6 says, if more was held. */
function cacheOf(site: Site, length: number): number {
  const past = site.inputs[3]?.shape[2] ?? 0;
  const total = site.inputs[6]?.value?.data[0];
  if (total === undefined) return past + length;
  return Math.max(past, Number(total));
}

/** ids [batch, length] looked up in a table [words, hidden]; outputs: normalized, mask index, sum. */
const embedded =
  (table: number, gamma: number): InferRule =>
  (site) => {
    const [batch = 0, length = 0] = ranked(need(site, 0), 2);
    const hidden = dim(need(site, table).shape, -1);
    const dtype = need(site, gamma).dtype;
    const shape = [batch, length, hidden];
    return [
      { dtype, shape },
      { dtype: "int32", shape: [batch] },
      { dtype, shape },
    ];
  };

export const attentions = {
  Attention: attention,
  RotaryEmbedding: first,
  ...each(["com.microsoft.RotaryEmbedding"], first),
  "com.microsoft.Attention": merged(4, 0),
  "com.microsoft.QAttention": merged(8, 3),
  "com.microsoft.MultiHeadAttention": multiHead,
  "com.microsoft.GroupQueryAttention": grouped,
  "com.microsoft.EmbedLayerNormalization": embedded(2, 5),
  "com.microsoft.QEmbedLayerNormalization": embedded(2, 11),
  ...each(["com.microsoft.MoE", "com.microsoft.QMoE"], first),
  "com.microsoft.SparseAttention": (site) => {
    const [q, k, v] = [need(site, 0), need(site, 3), need(site, 4)];
    const [batch = 0, length = 0, width = 0] = ranked(q, 3);
    const heads = intOf(site.node, "num_heads", 1);
    const kvHeads = intOf(site.node, "kv_num_heads", 1);
    const hidden = site.inputs[1] ? width : (width / (heads + 2 * kvHeads)) * heads;
    return [like(q, [batch, length, hidden]), like(k), like(v)];
  },
} satisfies Partial<Record<OpType, InferRule>>;
