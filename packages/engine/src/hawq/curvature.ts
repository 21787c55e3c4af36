// What HAWQ-V3's program needs of a network's layers: mean curvature and squared error at each width, from the engine's own
// traces (Dong et al. 2020, HAWQ-V2, Algorithm 1). Combines; estimates nothing itself.

import type { HawqLayer } from "@bitscape/methods";
import type { Network } from "../network/network.ts";
import type { Terms } from "../predict/terms.ts";
import type { Trace } from "../predict/trace.ts";

export interface Curvature {
  readonly layer: HawqLayer;
  /** Standard error of its trace, over probes. */
  readonly error: number;
  readonly probes: number;
}

/** What was traced. */
export interface Traced {
  readonly terms: Terms;
  readonly traces: ReadonlyMap<string, Trace>;
}

/**
 * The layers that have a trace and an error at every width, in the network's order. A layer of several weights has the mean
 * curvature over all of them; its Ω is the sum of theirs.
 */
export function curvatures(
  network: Network,
  { terms, traces }: Traced,
  widths: readonly number[],
): Curvature[] {
  const squares = new Map(
    terms.weights.map(({ weight, changes }) => [weight.name, changes.map((change) => squareOf(change()))]),
  );
  return network.layers.flatMap((layer): Curvature[] => {
    const { id, weights, macs } = layer;
    if (weights.length === 0) return [];
    const known = weights.flatMap(({ name, elements }) => {
      const trace = traces.get(name);
      return trace ? [{ name, elements, trace }] : [];
    });
    if (known.length < weights.length) return [];
    const parameters = known.reduce((sum, { elements }) => sum + elements, 0);
    const mean = (of: (trace: Trace) => number) =>
      known.reduce((sum, { elements, trace }) => sum + of(trace) * elements, 0) / parameters;
    // The Hessian of a divergence at its least is not negative; probes of a flat layer can be.
    const trace = Math.max(
      0,
      mean((each) => each.mean),
    );
    const perturbation: Record<number, number> = {};
    for (const bits of widths) {
      const cell = terms.cells.find(({ key }) => key.layer === id && key.bits === bits);
      if (!cell) return [];
      const own = cell.shares.map(({ term, column }) => ({
        square: squares.get(term)?.[column] ?? 0,
        curve: Math.max(0, traces.get(term)?.mean ?? 0),
      }));
      const omega = own.reduce((sum, { square, curve }) => sum + square * curve, 0);
      perturbation[bits] = trace > 0 ? omega / trace : own.reduce((sum, { square }) => sum + square, 0);
    }
    return [
      {
        layer: { id, trace, perturbation, parameters, macs: macs ?? 0 },
        error: mean((each) => each.error),
        probes: Math.min(...known.map((each) => each.trace.probes)),
      },
    ];
  });
}

function squareOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return sum;
}
