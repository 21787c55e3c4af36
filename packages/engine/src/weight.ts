// A weight as a plan wants it: encoded for the file, decoded for the probe. The one place where a network's
// constants meet quant.

import type { Constant } from "@bitscape/graph";
import { decode, type Encoded, quantize } from "@bitscape/quant";
import { floatToHalf, halfToFloat, type Tensor } from "@bitscape/tensor";
import { floatsOf } from "./network/constants.ts";
import type { Network } from "./network/network.ts";
import { blockAxes, type WeightPlan } from "./plan.ts";
import { quantizeInSlabs } from "./slabs.ts";

function constantFor(network: Network, name: string): Constant {
  const found = network.model.graph.constants.get(name);
  if (!found) throw new Error(`weight ${name}: not in ${network.name}, expected an initializer`);
  return found;
}

/** A planned weight in its format: codes, and the scales or tables that give them values. */
export function encodeWeight(network: Network, plan: WeightPlan): Encoded {
  const steps = encodeInSteps(network, plan);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same in steps, between which others may have a turn. */
export function encodeInSteps(network: Network, plan: WeightPlan): Generator<void, Encoded> {
  const { weight, scheme, grouping, format } = plan;
  const half = weight.dtype === "float16";
  return quantizeInSlabs(constantFor(network, weight.name), plan, (data, shape, leastScale) =>
    quantize(data, shape, scheme, grouping, {
      ...(weight.kernel !== null && { kernel: weight.kernel }),
      ...(format.family === "product" && { axes: blockAxes(weight) }),
      ...(leastScale && { leastScale }),
      // DequantizeLinear of a float16 weight has a float16 scale.
      ...(half && { roundScale: (scale: number) => halfToFloat(floatToHalf(scale)) }),
    }),
  );
}

/** The weight that the exported file computes with, in the weight's own type and shape. */
export function simulateWeight(network: Network, plan: WeightPlan): Tensor {
  const values = decode(encodeWeight(network, plan));
  const { dtype, shape } = plan.weight;
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
