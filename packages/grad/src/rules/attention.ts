// Gradients of attention written as one node, by its parts: scores, mask, softmax, mix. The probabilities are computed
// anew. Source: Vaswani et al., arXiv:1706.03762, eq. 1; ONNX Attention 23, RotaryEmbedding 23.
// Without a past (key and value caches) and without the extra outputs.

import { floatOf, intOf, type OpType } from "@bitscape/graph";
import { fault, type GradRule, type GradSite, gradientOf, inputOf, toInput } from "../site.ts";
import type { Value } from "../value.ts";
import type { Writer } from "../writer.ts";

/** [batch, heads, length, size] of a tensor that may be [batch, length, heads · size]. */
function byHeads(w: Writer, x: Value, heads: number): Value {
  if (x.shape.length === 4) return x;
  const [batch = 1, length = 1, width = 1] = x.shape;
  return w.transpose(w.reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** The way back. */
function merged(w: Writer, x: Value, like: Value): Value {
  return like.shape.length === 4 ? x : w.reshape(w.transpose(x, [0, 2, 1, 3]), like.shape);
}

/** Key or value heads, each repeated for the queries that share it. */
function repeated(w: Writer, x: Value, times: number): Value {
  if (times === 1) return x;
  const [batch = 1, heads = 1, length = 1, size = 1] = x.shape;
  const apart = w.reshape(x, [batch, heads, 1, length, size]);
  return w.reshape(w.expand(apart, [batch, heads, times, length, size]), [
    batch,
    heads * times,
    length,
    size,
  ]);
}

function gatheredHeads(w: Writer, g: Value, times: number): Value {
  if (times === 1) return g;
  const [batch = 1, heads = 1, length = 1, size = 1] = g.shape;
  const split = w.reshape(g, [batch, heads / times, times, length, size]);
  return w.reduce("Sum", split, [2], false);
}

const LOW = -1e9;

/** Scores with the mask added; a mask of truth values leaves out what is false. */
function masked(site: GradSite, scores: Value): Value {
  const { write, node } = site;
  const mask = site.inputs[3];
  const [queries = 1, keys = 1] = scores.shape.slice(-2);
  let found = scores;
  if (mask?.dtype === "bool") found = write.where(mask, found, LOW);
  else if (mask) found = write.add(found, mask);
  if (intOf(node, "is_causal", 0) === 1) {
    const future = Array.from({ length: queries * keys }, (_, i) =>
      i % keys > Math.floor(i / keys) ? LOW : 0,
    );
    found = write.add(found, write.constant(scores.dtype, [queries, keys], future));
  }
  return found;
}

const attention: GradRule = (site) => {
  const { write, node } = site;
  const past = [4, 5, 6].find((index) => site.inputs[index]);
  if (past !== undefined) throw fault(site, `input ${past} given, expected attention without a past`);
  const [query, key, value] = [inputOf(site, 0), inputOf(site, 1), inputOf(site, 2)];
  const q = byHeads(write, query, intOf(node, "q_num_heads", 1));
  const kvHeads = intOf(node, "kv_num_heads", 1);
  const [keys, values] = [byHeads(write, key, kvHeads), byHeads(write, value, kvHeads)];
  const times = (q.shape[1] as number) / (keys.shape[1] as number);
  const [k, v] = [repeated(write, keys, times), repeated(write, values, times)];
  const scale = floatOf(node, "scale", 0) || 1 / Math.sqrt(q.shape[3] as number);
  const cap = floatOf(node, "softcap", 0);
  const scores = write.mul(scale, write.matMul(q, write.turned(k)));
  const capped = cap === 0 ? undefined : write.op("Tanh", [write.div(scores, cap)]);
  const before = masked(site, capped ? write.mul(cap, capped) : scores);
  const chances = write.op("Softmax", [before]);

  const [batch = 1, heads = 1, length = 1, size = 1] = [...q.shape.slice(0, 3), v.shape[3] as number];
  const upstream = gradientOf(site);
  const g =
    upstream.shape.length === 4
      ? upstream
      : write.transpose(write.reshape(upstream, [batch, length, heads, size]), [0, 2, 1, 3]);
  const onChances = write.matMul(g, write.turned(v));
  const along = write.reduce("Sum", write.mul(onChances, chances), [3]);
  const onMasked = write.mul(chances, write.sub(onChances, along));
  const onScores = capped ? write.mul(onMasked, write.sub(1, write.mul(capped, capped))) : onMasked;
  const scaled = write.mul(scale, onScores);
  const back = (x: Value, like: Value) => merged(write, gatheredHeads(write, x, times), like);
  const mask = site.inputs[3];
  return [
    site.wants(0) ? merged(write, write.matMul(scaled, k), query) : undefined,
    site.wants(1) ? back(write.matMul(write.turned(scaled), q), key) : undefined,
    site.wants(2) ? back(write.matMul(write.turned(chances), g), value) : undefined,
    mask && mask.dtype !== "bool" ? toInput(site, 3, () => onMasked) : undefined,
  ];
};

/** A rotation is undone by the opposite one: the sine's sign turned. */
const rotated =
  (op: OpType, sine: number): GradRule =>
  (site) => {
    const inputs = site.inputs.map((each, i) =>
      i === 0 ? gradientOf(site) : i === sine ? site.write.op("Neg", [each]) : each,
    );
    return [site.write.op(op, inputs, Object.fromEntries(site.node.attributes))];
  };

export const attentions = {
  Attention: attention,
  RotaryEmbedding: rotated("RotaryEmbedding", 2),
  "com.microsoft.RotaryEmbedding": rotated("com.microsoft.RotaryEmbedding", 3),
} satisfies Partial<Record<OpType, GradRule>>;
