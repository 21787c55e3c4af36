// The activation side of an export: QuantizeLinear and DequantizeLinear at each planned point and its aliases.
// Narrow formats are clipped as integers between the two (Clip-12), so that integer kernels still apply.

import { build, constantOf, type Links, type Node } from "@bitscape/graph";
import { type DType, tensor } from "@bitscape/tensor";
import type { PointPlan } from "../plan/plan.ts";
import type { Pool } from "./pool.ts";

export interface PointPart {
  /** Nodes to insert after the maker of each tensor. */
  readonly after: ReadonlyMap<string, readonly Node[]>;
  /** Tensor → the name its readers are to read instead. */
  readonly renamed: ReadonlyMap<string, string>;
}

/**
 * Whether makers and readers of a point see QuantizeLinear and DequantizeLinear themselves. ONNX Runtime 1.30 takes float8
 * for 8-bit integers: it makes integer operators of what lies between, and then does not load them; it leaves a Relu
 * away before a zero point of 0, and fails on a Clip there. A Max of one operand, which changes nothing, keeps them
 * apart (a Reshape would not do: quantizers are moved past it).
 */
export function standsBare({ format }: PointPlan): boolean {
  return format.kind === "affine";
}

/** The ai.onnx opset of QuantizeLinear for a point's type. */
export function pointOpset({ format }: PointPlan): number {
  return format.kind === "float8" ? 19 : format.bits > 8 ? 21 : 13;
}

function dtypeOf({ format }: PointPlan): DType {
  if (format.kind === "float8") return format.dtype;
  return `${format.signed ? "int" : "uint"}${format.bits > 8 ? 16 : 8}` as DType;
}

/** What one planned point adds; its constants go to the pool. @param links of the graph that it is added to */
export function pointPart(plan: PointPlan, links: Links, pool: Pool): PointPart {
  const { point, format, scale, zeroPoint } = plan;
  const dtype = dtypeOf(plan);
  // Zero is all bits 0 in float8 too, the only zero point there.
  const integer = (value: number) =>
    pool.share(
      "zero",
      format.kind === "float8" ? { dtype, shape: [], data: Uint8Array.of(0) } : tensor(dtype, [], [value]),
    );
  const scaleName = pool.add(constantOf(`${point.tensor}.scale`, tensor("float32", [], [scale])));
  const parameters = [scaleName, integer(zeroPoint)];
  const after = new Map<string, readonly Node[]>();
  const renamed = new Map<string, string>();
  for (const each of [point.tensor, ...point.aliases]) {
    let codes = pool.free(`${each}.q`);
    let output = pool.free(`${each}.dq`);
    const nodes: Node[] = [];
    let input = each;
    if (!standsBare(plan) && links.producer.has(each)) {
      input = pool.free(`${each}.kept`);
      nodes.push(build.node("Max", [each], [input]));
    }
    nodes.push(build.node("QuantizeLinear", [input, ...parameters], [codes]));
    if (format.kind === "affine" && format.bits < 8) {
      const clipped = pool.free(`${each}.clip`);
      nodes.push(build.node("Clip", [codes, integer(format.qmin), integer(format.qmax)], [clipped]));
      codes = clipped;
    }
    nodes.push(build.node("DequantizeLinear", [codes, ...parameters], [output]));
    if (!standsBare(plan)) {
      const same = pool.free(`${each}.same`);
      nodes.push(build.node("Max", [output], [same]));
      output = same;
    }
    after.set(each, nodes);
    renamed.set(each, output);
  }
  return { after, renamed };
}
