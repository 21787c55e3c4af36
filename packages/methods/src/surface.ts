// What a loss over two variables, or a Hessian, says about how far they can be chosen apart from each other.
// Sources: LAPQ §3 (separability, Gaussian curvature); the interaction share is the ANOVA of a full grid.

/** A full grid of losses, row-major: rows are the first variable. */
export interface Surface {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/**
 * Share of the grid's variance that no sum of a function of each variable explains, 0 to 1: 0 where the two are
 * separable. 0 for a constant surface.
 */
export function interactionShare({ rows, columns, values }: Surface): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const byRow = new Float64Array(rows);
  const byColumn = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const v = (values[i * columns + j] as number) - mean;
      byRow[i] = (byRow[i] as number) + v / columns;
      byColumn[j] = (byColumn[j] as number) + v / rows;
    }
  }
  let [whole, rest] = [0, 0];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const v = (values[i * columns + j] as number) - mean;
      whole += v * v;
      rest += (v - (byRow[i] as number) - (byColumn[j] as number)) ** 2;
    }
  }
  return whole > 0 ? rest / whole : 0;
}

/** Coupling |H_ij| / √(H_ii · H_jj) of a Hessian, row-major n × n; 0 where a diagonal entry is not positive, 1 on the diagonal. */
export function couplingOf(hessian: Float64Array, n: number): Float64Array {
  return hessian.map((each, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    if (i === j) return 1;
    const product = (hessian[i * n + i] as number) * (hessian[j * n + j] as number);
    return product > 0 && (hessian[i * n + i] as number) > 0 ? Math.abs(each) / Math.sqrt(product) : 0;
  });
}

/**
 * Hessian of a loss by central differences, row-major n × n. Evaluations: 1 + 2n + 4 · n(n − 1)/2.
 * @param step of each variable
 */
export async function hessianOf(
  loss: (point: Float64Array) => Promise<number>,
  at: Float64Array,
  step: number,
): Promise<Float64Array> {
  const n = at.length;
  const hessian = new Float64Array(n * n);
  const moved = (i: number, a: number, j = 0, b = 0) => {
    const point = at.slice();
    point[i] = (point[i] as number) + a * step;
    point[j] = (point[j] as number) + b * step;
    return loss(point);
  };
  const here = await loss(at);
  for (let i = 0; i < n; i++) {
    hessian[i * n + i] = ((await moved(i, 1)) - 2 * here + (await moved(i, -1))) / step ** 2;
    for (let j = 0; j < i; j++) {
      const same = (await moved(i, 1, j, 1)) + (await moved(i, -1, j, -1));
      const other = (await moved(i, 1, j, -1)) + (await moved(i, -1, j, 1));
      hessian[i * n + j] = (same - other) / (4 * step ** 2);
      hessian[j * n + i] = hessian[i * n + j] as number;
    }
  }
  return hessian;
}

/** An entry of a Hessian as it becomes known; j ≤ i. */
export type OnEntry = (i: number, j: number, value: number) => void;

/**
 * The same from half as many evaluations off the diagonal, the pairs next to each other first: 1 + 2n + n(n − 1). Errors are of
 * the second order, too: H_ij = [L(+,+) + L(−,−) − L(±i) − L(±j) + 2 L] / 2h².
 */
export async function hessianByPairs(
  loss: (point: Float64Array) => Promise<number>,
  at: Float64Array,
  step: number,
  onEntry: OnEntry,
): Promise<void> {
  const n = at.length;
  const here = await loss(at);
  const moved = (by: number, ...axes: readonly number[]) =>
    loss(at.map((each, i) => (axes.includes(i) ? each + by * step : each)));
  const aside: number[] = [];
  for (let i = 0; i < n; i++) {
    const sum = (await moved(1, i)) + (await moved(-1, i));
    aside.push(sum);
    onEntry(i, i, (sum - 2 * here) / step ** 2);
  }
  for (let apart = 1; apart < n; apart++) {
    for (let i = apart; i < n; i++) {
      const j = i - apart;
      const both = (await moved(1, i, j)) + (await moved(-1, i, j));
      const single = (aside[i] as number) + (aside[j] as number);
      onEntry(i, j, (both - single + 2 * here) / (2 * step ** 2));
    }
  }
}

/** Gaussian curvature det(∇²L) / (1 + ‖∇L‖²)² of a surface over two variables. */
export function gaussianCurvature(gradient: readonly [number, number], hessian: Float64Array): number {
  const [a, b, c, d] = hessian as unknown as [number, number, number, number];
  return (a * d - b * c) / (1 + gradient[0] ** 2 + gradient[1] ** 2) ** 2;
}
