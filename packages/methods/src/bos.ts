// BOS-aware quantization (MixDQ, arXiv 2405.17873, §4.1): a token that is a huge outlier and the same for every sample is
// folded into a constant; the others then get a range of their own. Finds such tokens; rewrites no graph.

/** A token position of activations [samples, tokens, channels]. */
export interface Token {
  /** Largest |x| of it over samples and channels. */
  readonly most: number;
  /** The same for every sample, up to 1e-6 of the tensor's largest |x|. */
  readonly constant: boolean;
  /** More than eight times the median token. */
  readonly outlier: boolean;
  /** What to do with it: a constant outlier is folded, another outlier stays float. */
  readonly treatment: "fold" | "float" | "quantize";
}

const SAME = 1e-6;
const OUTLYING = 8;

/** @param shape [samples, tokens, channels]; constancy needs at least two samples */
export function tokensOf(x: Float32Array, shape: readonly number[]): Token[] {
  const [samples = 0, tokens = 0, channels = 0] = shape;
  if (shape.length !== 3 || samples * tokens * channels !== x.length)
    throw new Error(
      `tokens: ${x.length} values as [${shape.join(", ")}], expected [samples, tokens, channels]`,
    );
  const most = new Float64Array(tokens);
  for (const [at, value] of x.entries()) {
    const t = Math.floor(at / channels) % tokens;
    most[t] = Math.max(most[t] as number, Math.abs(value));
  }
  const all = most.reduce((a, b) => Math.max(a, b), 0);
  const ordered = most.toSorted();
  const median = ((ordered[(tokens - 1) >> 1] as number) + (ordered[tokens >> 1] as number)) / 2;
  return Array.from(most, (own, t): Token => {
    const constant = samples > 1 && spread(x, samples, tokens, channels, t) <= SAME * all;
    const outlier = own > OUTLYING * median;
    return { most: own, constant, outlier, treatment: !outlier ? "quantize" : constant ? "fold" : "float" };
  });
}

/** Largest |x − mean over samples| of a token. */
function spread(x: Float32Array, samples: number, tokens: number, channels: number, t: number): number {
  let most = 0;
  for (let c = 0; c < channels; c++) {
    const at = (s: number) => x[(s * tokens + t) * channels + c] as number;
    let mean = 0;
    for (let s = 0; s < samples; s++) mean += at(s) / samples;
    for (let s = 0; s < samples; s++) most = Math.max(most, Math.abs(at(s) - mean));
  }
  return most;
}

/** The values of the tokens that are quantized, in order: what ranges are calibrated on. */
export function withoutTokens(
  x: Float32Array,
  shape: readonly number[],
  left: readonly Token[],
): { data: Float32Array; shape: readonly number[] } {
  const [samples = 0, tokens = 0, channels = 0] = shape;
  const kept = left.flatMap(({ treatment }, t) => (treatment === "quantize" ? [t] : []));
  const data = new Float32Array(samples * kept.length * channels);
  for (let s = 0; s < samples; s++) {
    for (const [k, t] of kept.entries()) {
      const from = (s * tokens + t) * channels;
      data.set(x.subarray(from, from + channels), (s * kept.length + k) * channels);
    }
  }
  return { data, shape: [samples, kept.length, channels] };
}
