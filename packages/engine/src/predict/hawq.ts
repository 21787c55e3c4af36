// HAWQ: predicted divergences of weights from their mean curvature: ½ Tr(H)/n · ‖ΔW‖² (Dong et al. 2020, HAWQ-V2, eq. 5,
// with the half that makes it a divergence). Takes no account of which errors matter to a layer, only of how large they
// are; activations have no weights to take a trace over, and are not predicted.

import type { CellKey } from "../cells/sensitivity.ts";
import { cellName } from "../cells/sensitivity.ts";
import { divergenceInterval, type Finding } from "../score/finding.ts";
import { SPREADS, widened } from "./estimate.ts";
import type { Terms } from "./terms.ts";
import type { Trace } from "./trace.ts";

export interface HawqCell {
  readonly key: CellKey;
  readonly finding: Finding;
}

/**
 * Predictions of the cells of some terms whose traces are known.
 * @param n samples that the traces rest on
 */
export function hawqCells(terms: Terms, traces: ReadonlyMap<string, Trace>, n: number): HawqCell[] {
  const sizes = new Map(
    terms.weights.map(({ weight, changes }) => [weight.name, changes.map((change) => squareOf(change()))]),
  );
  return terms.cells.flatMap(({ key, shares }): HawqCell[] => {
    let [mean, variance, probes] = [0, 0, 0];
    for (const { term, column } of shares) {
      const trace = traces.get(term);
      const size = sizes.get(term)?.[column];
      if (!trace || size === undefined) return [];
      mean += 0.5 * trace.mean * size;
      variance += (0.5 * trace.error * size) ** 2;
      probes = trace.probes;
    }
    const of = cellName(key);
    const sampled = divergenceInterval(Math.max(0, mean), Math.sqrt(variance), probes);
    return [{ key, finding: { ...widened(sampled, SPREADS.hawq), n, source: "predicted", of } }];
  });
}

function squareOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return sum;
}
