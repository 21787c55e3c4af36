// Stand-in ranges of activations: an export that is only timed needs scales, and its time does not depend on them. But
// ONNX Runtime leaves a Relu or Clip away only where the zero point does its work: their outputs start at zero here too.
// Never for an export that anyone keeps.

import { linksOf } from "@bitscape/graph";
import { addValues, emptyHistogram } from "@bitscape/quant";
import type { Network } from "../network/network.ts";
import type { Ranges } from "../plan/plan.ts";

const oneSided: ReadonlySet<string> = new Set(["Relu", "Clip"]);

/** Every point from −1 to 1; from 0 to 1 behind a Relu or Clip. */
export function standInRanges({ points, model }: Network): Ranges {
  const { producer } = linksOf(model.graph);
  const [both, one] = [
    [-1, -0.5, 0, 0.5, 1],
    [0, 0.25, 0.5, 0.75, 1],
  ].map((values) => {
    const histogram = emptyHistogram();
    addValues(histogram, Float32Array.from(values));
    return histogram;
  }) as [ReturnType<typeof emptyHistogram>, ReturnType<typeof emptyHistogram>];
  return new Map(
    points.map(({ tensor }) => [tensor, oneSided.has(producer.get(tensor)?.op ?? "") ? one : both]),
  );
}
