// The 8-bit floating-point types of ONNX (opset 19): a DequantizeLinear keeps them at a byte apiece in memory, a Cast
// is folded to floats. Where opset 19 is out of reach, an index into the 256 values that the type has.

import type { Float8 } from "@bitscape/quant";
import { type DType, tensor } from "@bitscape/tensor";
import { type Float8Type, float8Type, float8Values } from "../../plan/float8.ts";
import type { Part, Value } from "../part.ts";
import { indices } from "./levels.ts";
import {
  castTo,
  dequantize,
  dequantizeOpset,
  groupCount,
  groupShape,
  meetingOf,
  ofKind,
  type Site,
  type Storage,
  scaleConstant,
  scaled,
} from "./storage.ts";

export const float8: Storage = {
  memories: ({ types }) => (types ? ["compact", "expanded"] : ["expanded"]),
  opset: (site, memory) =>
    memory === "compact" ? Math.max(19, dequantizeOpset(site)) : site.types ? 19 : 13,
  lay: (site, memory, part, encoded) => {
    const weight = () => ofKind(encoded(), "float8");
    const scale = () => weight().scale;
    if (memory === "expanded") return scaled(site, values(site, part, weight), part, scale);
    const codes = part.constant(`${site.name}.q`, dtypeOf(site), site.shape, () => weight().codes);
    const zeros = { dtype: dtypeOf(site), shape: groupShape(site), data: new Uint8Array(groupCount(site)) };
    const scales = scaleConstant(site, groupShape(site), part, scale);
    return dequantize(site, codes, scales, part.share("zero", zeros), part);
  },
};

/** The codes as float32 values. */
function values(site: Site, part: Part, weight: () => Float8): Value {
  const { elements } = meetingOf(site);
  const name = `${site.name}.q`;
  if (site.types)
    return castTo(
      part.constant(name, dtypeOf(site), elements, () => weight().codes),
      "float32",
      part,
    );
  const table = part.share("levels", tensor("float32", [256], float8Values(site.format.name)));
  const codes = { name, shape: elements, width: 8, signed: false, codes: () => weight().codes };
  return part.step("Gather", [table, indices(codes, false, false, part)], {
    dtype: "float32",
    shape: elements,
  });
}

function dtypeOf({ format }: Site): DType {
  return (float8Type(format.name) as Float8Type).dtype;
}
