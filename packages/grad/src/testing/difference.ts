// Gradients against central differences: Σ ⟨seed, output⟩ along random directions, in four points (error of order h⁴), summed
// in float64. Source: Fornberg, Math. Comp. 51 (1988), table 1.

import { type DType, fromNumbers, type Tensor, toFloat32 } from "@bitscape/tensor";
import type { Feeds } from "./runtime.ts";

export interface Slope {
  /** By differences. */
  readonly measured: number;
  /** ⟨gradient, direction⟩ */
  readonly claimed: number;
  /** Σ |gradient · direction|: what both are small against where they cancel. */
  readonly size: number;
}

type Run = (feeds: Feeds) => Promise<Readonly<Record<string, Tensor>>>;

/** Σ ⟨seed, output⟩ in float64. */
export async function objective(run: Run, feeds: Feeds, seeds: Feeds): Promise<number> {
  const found = await run(feeds);
  let sum = 0;
  for (const [name, seed] of Object.entries(seeds)) {
    const [a, b] = [toFloat32(seed.dtype, seed.data), numbers(found[name] as Tensor)];
    for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  }
  return sum;
}

export const numbers = (value: Tensor): Float32Array => toFloat32(value.dtype, value.data);

/** The feeds with one of them moved along a direction. */
export function moved(feeds: Feeds, name: string, direction: ArrayLike<number>, step: number): Feeds {
  const { dtype, shape, data } = feeds[name] as Tensor;
  const from = toFloat32(dtype as DType, data);
  const to = Float64Array.from(from, (value, i) => value + step * (direction[i] as number));
  return { ...feeds, [name]: { dtype, shape, data: fromNumbers(dtype, to) } };
}

/** The slope of the objective along a direction of one input, measured and claimed. */
export async function slopeAlong(
  run: Run,
  feeds: Feeds,
  seeds: Feeds,
  name: string,
  direction: ArrayLike<number>,
  step: number,
  gradient: ArrayLike<number>,
): Promise<Slope> {
  const at = (multiple: number) => objective(run, moved(feeds, name, direction, multiple * step), seeds);
  const [a, b, c, d] = [await at(-2), await at(-1), await at(1), await at(2)] as const;
  let claimed = 0;
  let size = 0;
  for (let i = 0; i < direction.length; i++) {
    const part = (gradient[i] as number) * (direction[i] as number);
    claimed += part;
    size += Math.abs(part);
  }
  return { measured: (a - 8 * b + 8 * c - d) / (12 * step), claimed, size };
}

/** How far a claim is off, against the larger of its parts' root sum (so that cancelling does not magnify noise) and a floor. */
export function errorOf({ measured, claimed, size }: Slope, count: number, floor = 1e-3): number {
  return Math.abs(measured - claimed) / Math.max(Math.abs(measured), size / Math.sqrt(count), floor);
}
