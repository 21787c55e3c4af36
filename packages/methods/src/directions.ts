// Directions in weight space, each filter as long as the weight's own, so that networks whose layers are scaled differently and
// compute the same look the same (Li et al. 2018, "Visualizing the loss landscape of neural nets", §4).

import { normal } from "@bitscape/tensor";

/** One weight tensor; a filter is what one index of its axis holds. */
export interface Filtered {
  /** Row-major values of `shape`. */
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly axis: number;
}

// Keeps a filter of zeros at zero, as its direction would be; the authors' own.
const TINY = 1e-10;

/** A direction with each filter made as long as the weight's; tensors in order. */
export function filterNormalized(
  direction: readonly Float32Array[],
  weights: readonly Filtered[],
): Float32Array[] {
  return direction.map((values, l) => {
    const weight = weights[l] as Filtered;
    const [own, wanted] = [filterNorms({ ...weight, values }), filterNorms(weight)];
    const inner = innerOf(weight);
    return values.map((x, i) => {
      const f = Math.floor(i / inner) % own.length;
      return x * ((wanted[f] as number) / ((own[f] as number) + TINY));
    });
  });
}

/** Gaussian draws for every element, filter-normalised. The same generator gives the same direction. */
export function randomDirection(weights: readonly Filtered[], random: () => number): Float32Array[] {
  const draws = weights.map(({ values }) => Float32Array.from(values, () => normal(random)));
  return filterNormalized(draws, weights);
}

/** Euclidean norm of each filter. */
export function filterNorms(weight: Filtered): Float64Array {
  const { values, shape, axis } = weight;
  const inner = innerOf(weight);
  const count = shape[axis] as number;
  const squares = new Float64Array(count);
  for (let i = 0; i < values.length; i++) {
    const f = Math.floor(i / inner) % count;
    squares[f] = (squares[f] as number) + (values[i] as number) ** 2;
  }
  return squares.map(Math.sqrt);
}

const innerOf = ({ shape, axis }: Filtered) => shape.slice(axis + 1).reduce((a, b) => a * b, 1);

/** Σ aᵢ bᵢ over all tensors. */
export function innerProduct(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let sum = 0;
  for (const [l, values] of a.entries()) {
    const other = b[l] as Float32Array;
    for (let i = 0; i < values.length; i++) sum += (values[i] as number) * (other[i] as number);
  }
  return sum;
}

/** Where the point of the plane of two directions lies that is nearest to a difference. [0, 0] where they are parallel. */
export function projection(
  difference: readonly Float32Array[],
  first: readonly Float32Array[],
  second: readonly Float32Array[],
): readonly [number, number] {
  const [aa, ab, bb] = [
    innerProduct(first, first),
    innerProduct(first, second),
    innerProduct(second, second),
  ];
  const [ya, yb] = [innerProduct(difference, first), innerProduct(difference, second)];
  const det = aa * bb - ab * ab;
  if (!(det > 1e-12 * aa * bb)) return [0, 0];
  return [(ya * bb - yb * ab) / det, (yb * aa - ya * ab) / det];
}
