// The activation side of an export: QuantizeLinear and DequantizeLinear at each planned point and its aliases.
// Narrow formats are clipped as integers between the two, so that integer kernels still apply.

import { build, constantOf, type Node } from "@bitscape/graph";
import { type DType, tensor } from "@bitscape/tensor";
import type { PointPlan } from "../plan.ts";
import type { Part } from "./weights.ts";

/** Clip-12 takes 8-bit integers. */
const NARROW_OPSET = 13;

export interface PointPart extends Part {
  /** Nodes to insert after the maker of each tensor. */
  readonly after: ReadonlyMap<string, readonly Node[]>;
  /** Tensor → the name its readers are to read instead. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly opset: number;
}

/** Constants and nodes of one planned point. */
export function pointPart({ point, format, scale, zeroPoint }: PointPlan): PointPart {
  const dtype: DType = format.signed ? "int8" : "uint8";
  const name = point.tensor;
  const scaleConstant = constantOf(`${name}_scale`, tensor("float32", [], [scale]));
  const zeroConstant = constantOf(`${name}_zero_point`, tensor(dtype, [], [zeroPoint]));
  const constants = [scaleConstant, zeroConstant];
  const narrow = format.bits < 8;
  if (narrow) {
    constants.push(
      constantOf(`${name}_qmin`, tensor(dtype, [], [format.qmin])),
      constantOf(`${name}_qmax`, tensor(dtype, [], [format.qmax])),
    );
  }
  const after = new Map<string, readonly Node[]>();
  const renamed = new Map<string, string>();
  for (const each of [name, ...point.aliases]) {
    const quantized = `${each}_quantized`;
    const output = `${each}_dequantized`;
    const codes = narrow ? `${each}_clipped` : quantized;
    const nodes = [
      build.node(
        "QuantizeLinear",
        [each, scaleConstant.name, zeroConstant.name],
        [quantized],
        {},
        `${each}/QuantizeLinear`,
      ),
    ];
    if (narrow)
      nodes.push(
        build.node("Clip", [quantized, `${name}_qmin`, `${name}_qmax`], [codes], {}, `${each}/Clip`),
      );
    nodes.push(
      build.node(
        "DequantizeLinear",
        [codes, scaleConstant.name, zeroConstant.name],
        [output],
        {},
        `${each}/DequantizeLinear`,
      ),
    );
    after.set(each, nodes);
    renamed.set(each, output);
  }
  return { constants, nodes: [], after, renamed, opset: NARROW_OPSET };
}
