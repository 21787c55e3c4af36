// Product quantization: an index a block of d weights into centroids of d values (float32, or int8 with one scale).
// Gather yields rows of centroids; indices are stored in the order of the weight, so that those rows are the weight
// itself, or after one Transpose where the elements of a block are no neighbours.
// ONNX Runtime folds them to floats; indices behind a DequantizeLinear are looked up at every run.

import { ints } from "@bitscape/graph";
import { type Product, productLayout } from "@bitscape/quant";
import { bytesOf, sizeOf } from "@bitscape/tensor";
import type { Part, Value } from "../part.ts";
import { dequantizedWidth, plainWidth } from "./bits.ts";
import { indices } from "./levels.ts";
import { castTo, finished, ofKind, type Site, type Storage } from "./storage.ts";

/** Bits of an index. */
function widthOf({ format }: Site): number {
  return Math.max(1, Math.ceil(Math.log2(format.args[0] as number)));
}

export const product: Storage = {
  memories: () => ["expanded", "compact"],
  opset: (site, memory) =>
    memory === "expanded"
      ? plainWidth(widthOf(site)).opset
      : dequantizedWidth(widthOf(site), site.types).opset,
  lay: (site, memory, part, encoded) => {
    const weight = () => ofKind(encoded(), "product");
    const [, d] = site.format.args as [number, number];
    const { stride } = productLayout(site.shape, d, site.axes);
    const outer = sizeOf(site.shape) / (d * stride);
    const shape = [outer, stride];
    const stored = {
      name: `${site.name}.q`,
      shape,
      width: widthOf(site),
      signed: false,
      codes: () => inOrder(weight()),
    };
    const index = indices(stored, memory === "compact", site.types, part);
    const rows = part.step("Gather", [centroids(site, part, weight), index], {
      dtype: "float32",
      shape: [...shape, d],
    });
    // Elements of a block that are not neighbours lie a stride apart.
    const spread = { dtype: "float32", shape: [outer, d, stride] } as const;
    const values = stride === 1 ? rows : part.step("Transpose", [rows], spread, { perm: ints([0, 2, 1]) });
    return finished(site, values, part);
  },
};

/** Indices in the order in which the first elements of their blocks lie. */
function inOrder({ indices: found, layout }: Product): Uint8Array {
  const { starts, rows, rowStride, stride, d } = layout;
  const out = new Uint8Array(found.length);
  let column = 0;
  for (let b = 0; b < starts.length; b++) {
    for (let r = 0; r < rows; r++) {
      const start = (starts[b] as number) + r * rowStride;
      const outer = Math.floor(start / (d * stride));
      out[outer * stride + (start - outer * d * stride)] = found[column++] as number;
    }
  }
  return out;
}

/** The centroids as float32: a Cast and a Mul of int8 ones, which cost nothing after load. */
function centroids(site: Site, part: Part, weight: () => Product): Value {
  const { name, format, int8Centroids } = site;
  const shape = format.args;
  if (!int8Centroids) {
    return part.constant(`${name}.centroids`, "float32", shape, () => bytesOf(weight().centroids));
  }
  const codes = part.constant(`${name}.centroids`, "int8", shape, () =>
    bytesOf(weight().centroidCodes as Int8Array),
  );
  const scale = part.constant(`${name}.scale`, "float32", [], () =>
    bytesOf(Float32Array.of(weight().centroidScale as number)),
  );
  const values = castTo(codes, "float32", part);
  return part.step("Mul", [values, scale], values);
}
