// How to round a layer's weights, as least squares: of a layer that computes W x, find W̃ on a grid so that W̃ x̃ is near it, where
// x̃ is what the layer really gets behind layers that are quantized already ("asymmetric reconstruction", AdaRound, Nagel et al.
// 2020, arXiv 2004.10568, §3.4; without the activation function that follows). Each row is a problem of its own over one matrix:
//   E[(w x − w̃ x̃)²] = w̃ H w̃ᵀ − 2 w̃ c + p,  H = E[x̃ᵀ x̃], c = E[w x · x̃], p = E[(w x)²].
// Not who solves it (descend.ts, relax.ts), nor where samples come from.

/** The rows of a layer that read the same inputs. */
export interface RoundingProblem {
  readonly rows: number;
  /** Inputs of each row. */
  readonly inputs: number;
  /** H, row-major [inputs, inputs], symmetric. */
  readonly gram: Float32Array;
  /** c, row-major [rows, inputs]. */
  readonly cross: Float32Array;
  /** p, one a row. */
  readonly power: Float64Array;
  /** The float weights, row-major [rows, inputs]. */
  readonly weights: Float32Array;
}

/** What each weight may become, row-major [rows, inputs]. */
export interface Rungs {
  /** Of the grid's values, the greatest that is at most the float weight, and the least that is at least it; equal where it is beyond an end. */
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** The mean squared error of one row's outputs. */
export function rowError(
  { inputs, gram, cross, power }: RoundingProblem,
  row: number,
  values: Float32Array | Float64Array,
): number {
  const from = row * inputs;
  let sum = power[row] as number;
  for (let i = 0; i < inputs; i++) {
    const value = values[from + i] as number;
    if (value === 0) continue;
    let product = 0;
    const at = i * inputs;
    for (let j = 0; j < inputs; j++) product += (gram[at + j] as number) * (values[from + j] as number);
    sum += value * (product - 2 * (cross[from + i] as number));
  }
  return sum;
}

/** H with some of its mean diagonal on the diagonal, and c likewise: keeps weights that the samples say little about near their own. */
export function damped(problem: RoundingProblem, share: number): RoundingProblem {
  const { inputs, rows, weights } = problem;
  let trace = 0;
  for (let i = 0; i < inputs; i++) trace += problem.gram[i * (inputs + 1)] as number;
  const more = (share * trace) / inputs;
  const gram = problem.gram.slice();
  for (let i = 0; i < inputs; i++) gram[i * (inputs + 1)] = (gram[i * (inputs + 1)] as number) + more;
  const cross = problem.cross.slice();
  for (let at = 0; at < rows * inputs; at++)
    cross[at] = (cross[at] as number) + more * (weights[at] as number);
  const power = problem.power.map((value, row) => {
    let own = 0;
    for (let at = row * inputs; at < (row + 1) * inputs; at++) own += (weights[at] as number) ** 2;
    return value + more * own;
  });
  return { ...problem, gram, cross, power };
}
