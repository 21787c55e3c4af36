// Nested integers: the high bits of every code and the low bits lie in tensors of their own, so that a reader who
// wants less may leave the low ones away. Together they are codes of the full width behind one DequantizeLinear, whose
// product with the scale is rounded once (two of them, added, would round twice).

import { string } from "@bitscape/graph";
import { tensor, type Width } from "@bitscape/tensor";
import type { Part, Value } from "../part.ts";
import { bitPacking, bytesFrom } from "./bits.ts";
import {
  castTo,
  dequantize,
  dequantizeOpset,
  groupShape,
  meetingOf,
  ofKind,
  type Site,
  type Storage,
  scaleConstant,
  scaled,
  zeroForAll,
} from "./storage.ts";

export const nested: Storage = {
  memories: ({ grouping, types }) =>
    types || grouping.kind !== "block" ? ["compact", "expanded"] : ["expanded"],
  opset: (site, memory) => (memory === "compact" ? Math.max(18, dequantizeOpset(site)) : 18),
  lay: (site, memory, part, encoded) => {
    const weight = () => ofKind(encoded(), "nested");
    const [, full] = site.format.args as [number, number];
    const middle = 2 ** (full - 1);
    const codes = (shape: readonly number[]) => joined(site, shape, part, () => weight().codes);
    if (memory === "expanded") {
      const { elements } = meetingOf(site);
      const values = castTo(codes(elements), "float32", part);
      const centred = part.step("Sub", [values, part.share("zero", tensor("float32", [], [middle]))], values);
      return scaled(site, centred, part, () => weight().scale);
    }
    const dense = codes(site.shape);
    const scale = scaleConstant(site, groupShape(site), part, () => weight().scale);
    return dequantize(site, dense, scale, zeroForAll(site, middle, part), part);
  },
};

/** Codes with half their range added, as uint8: floor-divided by a power of two, their high bits are those of the base. */
function joined(
  { name, format }: Site,
  shape: readonly number[],
  part: Part,
  codes: () => ArrayLike<number>,
): Value {
  const [base, full] = format.args as [Width, Width];
  const low = (full - base) as Width;
  const half = 2 ** (full - 1);
  const stored = (of: (code: number) => number) => () => bytesFrom(codes(), (code) => of(code + half));
  const high = part.unpacked(
    bitPacking(base),
    `${name}.high`,
    shape,
    stored((code) => code >> low),
  );
  const shift = part.share("bits", tensor("uint8", [], [low]));
  const raised = part.step("BitShift", [high, shift], high, { direction: string("LEFT") });
  const rest = part.unpacked(
    bitPacking(low),
    `${name}.low`,
    shape,
    stored((code) => code & (2 ** low - 1)),
  );
  return part.step("BitwiseOr", [raised, rest], raised);
}
