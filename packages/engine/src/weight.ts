// A weight as a plan wants it: encoded for the file, decoded for the probe. The one place where a network's
// constants meet quant.

import type { Constant } from "@bitscape/graph";
import { decode, type Quantized, quantize } from "@bitscape/quant";
import { floatToHalf, halfToFloat, type Tensor } from "@bitscape/tensor";
import { floatsOf } from "./network/constants.ts";
import type { Network } from "./network/network.ts";
import type { WeightPlan } from "./plan.ts";

function constantFor(network: Network, name: string): Constant {
  const found = network.model.graph.constants.get(name);
  if (!found) throw new Error(`weight ${name}: not in ${network.name}, expected an initializer`);
  return found;
}

/** Codes, scales and zero points of a planned weight. */
export function quantizeWeight(network: Network, plan: WeightPlan): Quantized {
  const data = floatsOf(constantFor(network, plan.weight.name));
  const half = plan.weight.dtype === "float16";
  return quantize(data, plan.shape, plan.scheme, plan.grouping, {
    ...(plan.weight.kernel !== null && { kernel: plan.weight.kernel }),
    ...(plan.leastScale && { leastScale: plan.leastScale }),
    // DequantizeLinear of a float16 weight has a float16 scale.
    ...(half && { roundScale: (scale: number) => halfToFloat(floatToHalf(scale)) }),
  });
}

/** The weight that the exported file computes with, in the weight's own type and shape. */
export function simulateWeight(network: Network, plan: WeightPlan): Tensor {
  const values = decode(quantizeWeight(network, plan));
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
