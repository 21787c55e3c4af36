// Integers with a scale and a zero point a group. Compact: codes in ONNX's type of their width or bit-packed, behind a
// DequantizeLinear, which ONNX Runtime does not fold. Expanded: the same arithmetic in Cast, Sub and Mul, which it does.

import type { Affine } from "@bitscape/quant";
import { type DType, tensor } from "@bitscape/tensor";
import type { Part, Value } from "../part.ts";
import { type Codes, dequantizedWidth, packedBytes, plainWidth } from "./bits.ts";
import {
  castTo,
  dequantize,
  dequantizeOpset,
  groupCount,
  groupShape,
  meetingOf,
  met,
  ofKind,
  type Site,
  type Storage,
  scaleConstant,
  scaled,
  zeroForAll,
} from "./storage.ts";

export const affine: Storage = {
  memories: ({ format, grouping, types }) =>
    // DequantizeLinear has 16 bits and blocks from opset 21 on.
    types || (format.bits <= 8 && grouping.kind !== "block") ? ["compact", "expanded"] : ["expanded"],
  opset: (site, memory) => {
    const { bits } = site.format;
    if (memory === "expanded") return plainWidth(bits).opset;
    return Math.max(dequantizedWidth(bits, site.types).opset, dequantizeOpset(site));
  },
  lay: (site, memory, part, encoded) => {
    const weight = () => ofKind(encoded(), "affine");
    return memory === "compact" ? compact(site, part, weight) : expanded(site, part, weight);
  },
};

function codesOf({ name, format }: Site, shape: readonly number[], weight: () => Affine): Codes {
  const signed = format.name.startsWith("int");
  return { name: `${name}.q`, shape, width: format.bits, signed, codes: () => weight().codes };
}

/** The zero point of symmetric codes, as stored: 0 of signed ones, half the range of unsigned ones. */
function middle({ format }: Site, offset: number): number {
  return format.name.startsWith("int") ? offset : 2 ** (format.bits - 1) + offset;
}

function compact(site: Site, part: Part, weight: () => Affine): Value {
  const width = dequantizedWidth(site.format.bits, site.types);
  const wanted = codesOf(site, site.shape, weight);
  const codes = width.lay(wanted, part);
  const scale = scaleConstant(site, groupShape(site), part, () => weight().scale);
  return dequantize(
    site,
    codes,
    scale,
    zeroPoint(site, part, weight, codes.dtype, width.offset(wanted)),
    part,
  );
}

/** Bits in which the elements of a type are packed. */
function bitsIn(dtype: DType): 2 | 4 | 8 | 16 {
  return Number(dtype.replace(/\D/g, "")) as 2 | 4 | 8 | 16;
}

/** Zero points as stored; symmetric weights of one shape share theirs. */
function zeroPoint(site: Site, part: Part, weight: () => Affine, dtype: DType, offset: number): Value {
  const shape = groupShape(site);
  const bits = bitsIn(dtype);
  if (!site.symmetric) {
    const stored = () =>
      packedBytes(
        weight().zeroPoint.map((zero) => zero + offset),
        bits,
      );
    return part.constant(`${site.name}.zero`, dtype, shape, stored);
  }
  // Codes in ONNX's own types keep theirs in plain sight; those that are unpacked are unlike other tools' anyway.
  if (bits !== site.format.bits) return zeroForAll(site, middle(site, offset), part);
  const zeros = new Int32Array(groupCount(site)).fill(middle(site, offset));
  return part.share("zero", { dtype, shape, data: packedBytes(zeros, bits) });
}

function expanded(site: Site, part: Part, weight: () => Affine): Value {
  const { elements, groups } = meetingOf(site);
  const width = plainWidth(site.format.bits);
  const wanted = codesOf(site, elements, weight);
  const offset = width.offset(wanted);
  const codes = width.lay(wanted, part);
  const values = castTo(codes, "float32", part);
  return scaled(site, centred(), part, () => weight().scale);

  // Differences of codes are small integers: exact in float32.
  function centred(): Value {
    if (site.symmetric) {
      const zero = middle(site, offset);
      if (zero === 0) return values;
      return part.step("Sub", [values, part.share("zero", tensor("float32", [], [zero]))], values);
    }
    const stored = () =>
      packedBytes(
        weight().zeroPoint.map((zero) => zero + offset),
        bitsIn(codes.dtype) as 8 | 16,
      );
    const zero = part.constant(`${site.name}.zero`, codes.dtype, groups, stored);
    return part.step("Sub", [values, castTo(met(zero, site, part), "float32", part)], values);
  }
}
