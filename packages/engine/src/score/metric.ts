// Metrics: how far outputs are from the float network's, and how often they are right. Per sample, in float64:
// float32 sums would drown the divergence of 8-bit cells.

import type { OutputKind } from "./output.ts";

// Probabilities that underflow in float32 are taken as this.
const TINY = 1e-30;

/** Log-probabilities of rows of `classes` scores, normalised in float64. */
export function logProbabilities(
  scores: Float32Array,
  kind: Extract<OutputKind, { kind: "classes" }>,
): Float64Array {
  const { classes, form } = kind;
  const out = new Float64Array(scores.length);
  for (let row = 0; row < scores.length; row += classes) {
    let most = Number.NEGATIVE_INFINITY;
    for (let c = row; c < row + classes; c++) {
      const x = scores[c] as number;
      const log = form === "probabilities" ? Math.log(Math.max(x, TINY)) : x;
      out[c] = log;
      if (log > most) most = log;
    }
    let sum = 0;
    for (let c = row; c < row + classes; c++) sum += Math.exp((out[c] as number) - most);
    const shift = most + Math.log(sum);
    for (let c = row; c < row + classes; c++) out[c] = (out[c] as number) - shift;
  }
  return out;
}

/** Log-probabilities at a temperature: logits divided by it (Hinton et al. 2015, distillation). */
export function softened(logP: Float64Array, classes: number, temperature: number): Float64Array {
  const out = logP.map((log) => log / temperature);
  for (let row = 0; row < out.length; row += classes) {
    let sum = 0;
    // None is above zero, and one of them near it: no overflow, and the sum is not lost.
    for (let c = row; c < row + classes; c++) sum += Math.exp(out[c] as number);
    const shift = Math.log(sum);
    for (let c = row; c < row + classes; c++) out[c] = (out[c] as number) - shift;
  }
  return out;
}

/**
 * Mean over positions of KL(p ‖ q) = Σ p (log p − log q), in nats, between two arrays of log-probabilities.
 * @param counted positions to use; all where absent
 */
export function klDivergence(
  logP: Float64Array,
  logQ: Float64Array,
  classes: number,
  counted?: (position: number) => boolean,
): number {
  let sum = 0;
  let positions = 0;
  for (let row = 0, position = 0; row < logP.length; row += classes, position++) {
    if (counted && !counted(position)) continue;
    positions++;
    for (let c = row; c < row + classes; c++) {
      const p = logP[c] as number;
      sum += Math.exp(p) * (p - (logQ[c] as number));
    }
  }
  return positions > 0 ? sum / positions : 0;
}

/** Index of the largest of `classes` scores from `row`; the first of equals. */
export function argMax(scores: ArrayLike<number>, row: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if ((scores[row + c] as number) > (scores[row + best] as number)) best = c;
  }
  return best;
}

/** Whether the label is among the k largest scores of a row (ties count in its favour). */
export function inTopK(
  scores: ArrayLike<number>,
  row: number,
  classes: number,
  label: number,
  k: number,
): boolean {
  const own = scores[row + label] as number;
  let above = 0;
  for (let c = 0; c < classes; c++) if ((scores[row + c] as number) > own) above++;
  return above < k && !Number.isNaN(own);
}

/** Structural similarity of two single-channel images with a Gaussian-free 8×8 window, stride 4 (Wang et al. 2004, eq. 13). */
export function ssim(a: Float32Array, b: Float32Array, width: number, height: number, range: number): number {
  const c1 = (0.01 * range) ** 2;
  const c2 = (0.03 * range) ** 2;
  const size = Math.min(8, width, height);
  let total = 0;
  let windows = 0;
  for (let y = 0; y + size <= height; y += 4) {
    for (let x = 0; x + size <= width; x += 4) {
      let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
      for (let j = 0; j < size; j++) {
        for (let i = 0; i < size; i++) {
          const at = (y + j) * width + x + i;
          const p = a[at] as number;
          const q = b[at] as number;
          sa += p;
          sb += q;
          saa += p * p;
          sbb += q * q;
          sab += p * q;
        }
      }
      const n = size * size;
      const [ma, mb] = [sa / n, sb / n];
      const [va, vb, cov] = [saa / n - ma * ma, sbb / n - mb * mb, sab / n - ma * mb];
      total += ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
      windows++;
    }
  }
  return windows > 0 ? total / windows : 1;
}
