// Codes that are indices into a small table of values, times a scale a group where there is one: small floating-point
// formats, NF4, powers of two, codebooks. Cast, Gather (or GatherElements from a table a channel) and Mul, which ONNX
// Runtime folds to floats at load; an index behind a DequantizeLinear is not folded, and is looked up at every run.

import { int, ints } from "@bitscape/graph";
import { type FormatFacts, type Levels, quantize } from "@bitscape/quant";
import { bytesOf, tensor } from "@bitscape/tensor";
import type { Part, Value } from "../part.ts";
import { type Codes, dequantizedWidth, plainWidth } from "./bits.ts";
import { castTo, finished, meetingOf, ofKind, type Site, type Storage, scaled } from "./storage.ts";

/** The axis whose every index has a table of its own; undefined where there is one table. */
function tableAxis({ format, grouping }: Site): number | undefined {
  return format.family === "codebook" && grouping.kind === "channel" ? grouping.axis : undefined;
}

const shared = new Map<string, Float32Array | undefined>();

/** The levels that all weights of a format share; undefined where they are fitted to the weight. */
function sharedLevels({ name, family, args }: FormatFacts): Float32Array | undefined {
  // A codebook is fitted, and so is the split of an fp(n) into exponent and mantissa.
  if (family === "codebook" || (family === "fp" && args.length === 1)) return undefined;
  if (!shared.has(name)) {
    const scheme = { format: name, symmetric: true, range: "minmax" } as const;
    const { levels } = ofKind(quantize(Float32Array.of(1), [1], scheme, { kind: "tensor" }), "levels");
    shared.set(name, levels);
  }
  return shared.get(name);
}

export const levels: Storage = {
  memories: () => ["expanded", "compact"],
  opset: ({ format, types }, memory) =>
    memory === "expanded" ? plainWidth(format.bits).opset : dequantizedWidth(format.bits, types).opset,
  lay: (site, memory, part, encoded) => {
    const weight = () => ofKind(encoded(), "levels");
    const axis = tableAxis(site);
    const looked =
      axis === undefined
        ? oneTable(site, memory === "compact", part, weight)
        : tableEach(site, axis, memory === "compact", part, weight);
    if (site.format.family === "codebook") return finished(site, looked, part);
    return scaled(site, looked, part, () => weight().scale as Float32Array);
  },
};

/** Indices as the int32 that Gather takes. */
export function indices(codes: Codes, held: boolean, types: boolean, part: Part): Value {
  if (!held) return castTo(plainWidth(codes.width).lay(codes, part), "int32", part);
  const stored = dequantizedWidth(codes.width, types).lay(codes, part);
  return castTo(unfolded(stored, part), "int32", part);
}

/** Small integers as floats that are not folded. */
function unfolded(codes: Value, part: Part): Value {
  const one = part.share("one", tensor("float32", [], [1]));
  const zero = part.share("zero", { dtype: codes.dtype, shape: [], data: Uint8Array.of(0) });
  return part.step("DequantizeLinear", [codes, one, zero], { dtype: "float32", shape: codes.shape });
}

/** The table or tables of a weight; those that are its own are computed when the file is written. */
function tableConstant(site: Site, part: Part, weight: () => Levels): Value {
  const { format, name, shape } = site;
  const known = sharedLevels(format);
  if (known) return part.share("levels", { dtype: "float32", shape: [known.length], data: known });
  const size = format.family === "codebook" ? (format.args[0] as number) : 2 ** format.bits;
  const axis = tableAxis(site);
  const stored = () => {
    const { levels } = weight();
    // A split with fewer values than its bits have codes leaves the last places empty.
    const values = new Float32Array(axis === undefined ? size : levels.length);
    values.set(levels);
    return bytesOf(values);
  };
  return part.constant(
    `${name}.levels`,
    "float32",
    axis === undefined ? [size] : [shape[axis] as number, size],
    stored,
  );
}

function oneTable(site: Site, held: boolean, part: Part, weight: () => Levels): Value {
  const { name, format, types } = site;
  const { elements } = meetingOf(site);
  const codes = {
    name: `${name}.q`,
    shape: elements,
    width: format.bits,
    signed: false,
    codes: () => weight().codes,
  };
  const table = tableConstant(site, part, weight);
  return part.step("Gather", [table, indices(codes, held, types, part)], {
    dtype: "float32",
    shape: elements,
  });
}

/** Codes are stored with the axis of the tables first, as GatherElements-13 wants them. */
function tableEach(site: Site, axis: number, held: boolean, part: Part, weight: () => Levels): Value {
  const { name, format, types, shape } = site;
  const channels = shape[axis] as number;
  const others = shape.filter((_, i) => i !== axis);
  const rest = others.reduce((a, b) => a * b, 1);
  const codes = () => axisFirst(weight().codes, shape, axis);
  const index = indices(
    { name: `${name}.q`, shape: [channels, rest], width: format.bits, signed: false, codes },
    held,
    types,
    part,
  );
  const table = tableConstant(site, part, weight);
  const rows = part.step(
    "GatherElements",
    [table, index],
    { dtype: "float32", shape: [channels, rest] },
    { axis: int(1) },
  );
  if (axis === 0) return rows;
  // Where the axis comes back to.
  const perm = shape.map((_, i) => (i < axis ? i + 1 : i === axis ? 0 : i));
  const moved = part.reshape(rows, [channels, ...others]);
  return part.step("Transpose", [moved], { dtype: "float32", shape }, { perm: ints(perm) });
}

function axisFirst(codes: Uint8Array, shape: readonly number[], axis: number): Uint8Array {
  const dim = shape[axis] as number;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = codes.length / (dim * inner);
  const out = new Uint8Array(codes.length);
  for (let o = 0; o < outer; o++) {
    for (let d = 0; d < dim; d++) {
      out.set(codes.subarray((o * dim + d) * inner, (o * dim + d + 1) * inner), (d * outer + o) * inner);
    }
  }
  return out;
}
