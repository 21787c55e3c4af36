// Two or three evenly spaced levels, −α, (0,) α: one bit apiece, or five codes in base 3 to a byte. Behind a
// DequantizeLinear of uint8 with zero point 1: they are as small as integers are, and no table is needed.

import { tensor } from "@bitscape/tensor";
import type { Packing } from "../part.ts";
import { doubledBits, trits } from "./bits.ts";
import {
  castTo,
  dequantize,
  dequantizeOpset,
  groupShape,
  meetingOf,
  ofKind,
  type Storage,
  scaleConstant,
  scaled,
  zeroForAll,
} from "./storage.ts";

function spaced(unpackOpset: number, packing: Packing): Storage {
  return {
    memories: ({ grouping, types }) =>
      types || grouping.kind !== "block" ? ["compact", "expanded"] : ["expanded"],
    opset: (site, memory) =>
      memory === "compact" ? Math.max(unpackOpset, dequantizeOpset(site)) : unpackOpset,
    lay: (site, memory, part, encoded) => {
      const weight = () => ofKind(encoded(), "levels");
      const scale = () => weight().scale as Float32Array;
      const codes = (shape: readonly number[]) =>
        part.unpacked(packing, `${site.name}.q`, shape, () => weight().codes);
      if (memory === "expanded") {
        const { elements } = meetingOf(site);
        const values = castTo(codes(elements), "float32", part);
        const signs = part.step("Sub", [values, part.share("one", tensor("float32", [], [1]))], values);
        return scaled(site, signs, part, scale);
      }
      const dense = codes(site.shape);
      return dequantize(
        site,
        dense,
        scaleConstant(site, groupShape(site), part, scale),
        zeroForAll(site, 1, part),
        part,
      );
    },
  };
}

export const binary: Storage = spaced(18, doubledBits);
export const ternary: Storage = spaced(13, trits);
