// A weight as a plan wants it: encoded for the file, decoded for the probe. The one place where a network's
// constants meet quant.

import type { Constant } from "@bitscape/graph";
import {
  chooseBaseRange,
  decode,
  type Encoded,
  groupsOf,
  integerFacts,
  quantize,
  type Ranges,
  ratioOf,
} from "@bitscape/quant";
import { floatToHalf, halfToFloat, type Tensor } from "@bitscape/tensor";
import { floatsOf } from "../network/constants.ts";
import type { Network } from "../network/network.ts";
import type { Weight } from "../network/weights.ts";
import { blockAxes, type WeightPlan } from "./plan.ts";
import { quantizeInSlabs } from "./slabs.ts";

function constantFor(network: Network, name: string): Constant {
  const found = network.model.graph.constants.get(name);
  if (!found) throw new Error(`weight ${name}: not in ${network.name}, expected an initializer`);
  return found;
}

/**
 * A planned weight in its format: codes, and the scales or tables that give them values.
 * @param known what the base of its range rule chooses, where that is known
 */
export function encodeWeight(network: Network, plan: WeightPlan, known?: Ranges): Encoded {
  const steps = encodeInSteps(network, plan, known);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same in steps, between which others may have a turn. */
export function* encodeInSteps(network: Network, plan: WeightPlan, known?: Ranges): Generator<void, Encoded> {
  const { weight, scheme, grouping, format, learned } = plan;
  if (learned) return learned;
  return yield* quantizeInSlabs(constantFor(network, weight.name), plan, (data, shape, leastScale) =>
    quantize(data, shape, scheme, grouping, {
      ...(weight.kernel !== null && { kernel: weight.kernel }),
      ...(format.family === "product" && { axes: blockAxes(weight) }),
      ...(leastScale && { leastScale }),
      // Of a weight in slabs, what is known of the whole is none of theirs.
      ...(known && data.length === weight.elements && { known }),
      ...scaleRounding(weight),
    }),
  );
}

/** DequantizeLinear of a float16 weight has a float16 scale. */
function scaleRounding({ dtype }: Weight): { roundScale?: (scale: number) => number } {
  return dtype === "float16" ? { roundScale: (scale) => halfToFloat(floatToHalf(scale)) } : {};
}

/** What the base of an integer weight's range rule chooses for each group: what a search over ratios asks for once. */
export function baseRanges(network: Network, { weight, scheme, shape, grouping }: WeightPlan): Ranges {
  const { base } = ratioOf(scheme.range);
  return chooseBaseRange(
    floatsOf(constantFor(network, weight.name)),
    groupsOf(shape, grouping),
    base,
    integerFacts(scheme.format),
    scheme.symmetric,
    scaleRounding(weight).roundScale,
  );
}

/** The weight that the exported file computes with, in the weight's own type and shape. */
export function simulateWeight(network: Network, plan: WeightPlan): Tensor {
  return weightTensor(plan.weight, decode(encodeWeight(network, plan)));
}

/** Values of a weight in its own type and shape. */
export function weightTensor({ dtype, shape }: Weight, values: Float32Array): Tensor {
  if (dtype === "float32") return { dtype, shape, data: values };
  return { dtype, shape, data: Uint16Array.from(values, floatToHalf) };
}

/** The float weight as a tensor to feed. */
export function floatWeight(network: Network, name: string): Tensor {
  const found = constantFor(network, name);
  const { dtype, shape } = found;
  if (dtype === "float16") {
    const bytes = found.bytes();
    return { dtype, shape, data: new Uint16Array(bytes.slice().buffer) };
  }
  return { dtype, shape, data: floatsOf(found) };
}
