// The activation side of an export: QuantizeLinear and DequantizeLinear at each planned point and its aliases.
// Narrow formats are clipped as integers between the two (Clip-12), so that integer kernels still apply.

import { build, constantOf, type Node } from "@bitscape/graph";
import { type DType, tensor } from "@bitscape/tensor";
import type { PointPlan } from "../plan.ts";
import type { Pool } from "./pool.ts";

export interface PointPart {
  /** Nodes to insert after the maker of each tensor. */
  readonly after: ReadonlyMap<string, readonly Node[]>;
  /** Tensor → the name its readers are to read instead. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** What one planned point adds; its constants go to the pool. */
export function pointPart({ point, format, scale, zeroPoint }: PointPlan, pool: Pool): PointPart {
  const dtype: DType = format.signed ? "int8" : "uint8";
  const integer = (value: number) => pool.share("zero", tensor(dtype, [], [value]));
  const scaleName = pool.add(constantOf(`${point.tensor}.scale`, tensor("float32", [], [scale])));
  const parameters = [scaleName, integer(zeroPoint)];
  const after = new Map<string, readonly Node[]>();
  const renamed = new Map<string, string>();
  for (const each of [point.tensor, ...point.aliases]) {
    let codes = pool.free(`${each}.q`);
    const output = pool.free(`${each}.dq`);
    const nodes = [build.node("QuantizeLinear", [each, ...parameters], [codes])];
    if (format.bits < 8) {
      const clipped = pool.free(`${each}.clip`);
      nodes.push(build.node("Clip", [codes, integer(format.qmin), integer(format.qmax)], [clipped]));
      codes = clipped;
    }
    nodes.push(build.node("DequantizeLinear", [codes, ...parameters], [output]));
    after.set(each, nodes);
    renamed.set(each, output);
  }
  return { after, renamed };
}
