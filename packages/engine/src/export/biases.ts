// The bias side of an export: int32 in steps of the input's scale times the weight's, where an integer kernel needs
// it; the DequantizeLinear keeps the bias's name.

import { build, int, lazyConstant, type Node } from "@bitscape/graph";
import type { Encoded } from "@bitscape/quant";
import { bytesOf } from "@bitscape/tensor";
import { type BiasPlan, type IntegerBias, integerBias, weightScale } from "../plan/bias.ts";
import type { WeightPlan } from "../plan/plan.ts";
import type { Pool } from "./pool.ts";

/** The node that yields one bias; its constants go to the pool. */
export function biasNodes(
  each: BiasPlan,
  encoded: (plan: WeightPlan) => Encoded,
  pool: Pool,
): readonly Node[] {
  const { name, shape } = each.bias;
  const made = (part: keyof IntegerBias) => () =>
    bytesOf(integerBias(each, weightScale(encoded(each.weight)))[part]);
  const perChannel = each.weight.grouping.kind === "channel";
  const inputs = [
    pool.add(lazyConstant(`${name}.q`, "int32", shape, made("codes"))),
    pool.add(lazyConstant(`${name}.scale`, "float32", perChannel ? shape : [], made("scale"))),
  ];
  // Without a zero point it is 0; int32 allows no other.
  return [build.node("DequantizeLinear", inputs, [name], perChannel ? { axis: int(0) } : {})];
}
