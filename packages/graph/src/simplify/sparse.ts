// Sparse initializers as dense ones: nothing else in the project reads the sparse form. Values do not change; a file
// keeps its sparse form as long as its model is not rewritten by this.
// Source: onnx.proto, SparseTensorProto (linear indices [NNZ], or coordinates [NNZ, rank]).

import { byteLengthOf, sizeOf } from "@bitscape/tensor";
import { create, toBinary } from "@bufbuild/protobuf";
import { type GraphProto, ModelProtoSchema, type SparseTensorProto } from "onnx-buf";
import { type Constant, lazyConstant, tensorOf } from "../constant.ts";
import { decodeModel } from "../decode.ts";
import { InvalidModel } from "../error.ts";
import type { Graph, Model } from "../graph.ts";
import { mapBodies } from "./bodies.ts";

/**
 * The model with dense initializers in place of sparse ones, in inner graphs too.
 * @param name what errors call the file
 * @throws InvalidModel for indices outside of the tensor, or that do not fit its values
 */
export function densify(model: Model, name: string): Model {
  const graph = densified(model.graph, name);
  return graph === model.graph ? model : { ...model, graph };
}

function densified(graph: Graph, name: string): Graph {
  const nodes = graph.nodes.map((node) => mapBodies(node, (body) => densified(body, name)));
  const sparse = graph.source?.sparseInitializer ?? [];
  if (sparse.length === 0 && nodes.every((node, i) => node === graph.nodes[i])) return graph;
  const added = sparse.map((each) => dense(each, name));
  return {
    ...graph,
    nodes,
    constants: new Map([...graph.constants, ...added.map((each) => [each.name, each] as const)]),
    ...(graph.source && { source: { ...graph.source, sparseInitializer: [] } as GraphProto }),
  };
}

/** What one typed array can hold. */
const MOST_BYTES = 2 ** 32;

function dense(sparse: SparseTensorProto, file: string): Constant {
  const subject = `${file}: sparse tensor ${sparse.values?.name ?? ""}`;
  const shape = sparse.dims.map(Number);
  const { values, indices } = partsOf(sparse, file);
  if (shape.some((dim) => !(dim >= 0)) || !(byteLengthOf(values.dtype, sizeOf(shape)) <= MOST_BYTES)) {
    throw new InvalidModel(
      `${subject} has shape [${shape.join(", ")}], expected dimensions that fit in memory`,
    );
  }
  const count = sizeOf(values.shape);
  const width = count === 0 ? 0 : values.byteLength / count;
  if (!Number.isInteger(width) || values.dtype === "string") {
    throw new InvalidModel(`${subject} holds ${values.dtype}, expected a type of whole bytes`);
  }
  const places = placesOf(indices, shape, count, subject);
  return lazyConstant(values.name, values.dtype, shape, () => {
    const bytes = new Uint8Array(byteLengthOf(values.dtype, sizeOf(shape)));
    const given = values.bytes();
    for (const [i, place] of places.entries())
      bytes.set(given.subarray(i * width, (i + 1) * width), place * width);
    return bytes;
  });
}

/** Values and indices as constants: written as initializers of a model of their own and read again. */
function partsOf(
  { values, indices }: SparseTensorProto,
  file: string,
): { values: Constant; indices: Constant } {
  const name = values?.name ?? "";
  if (!values || !indices || name === "") {
    throw new InvalidModel(`${file}: sparse tensor ${name}: incomplete, expected a name, values and indices`);
  }
  const initializer = [values, { ...indices, name: "indices" }].map((each, i) => ({ ...each, name: `${i}` }));
  const graph = { name: "sparse", initializer, output: [{ name: "none" }] };
  const { constants } = decodeModel(toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph })), {
    name: `${file}: sparse tensor ${name}`,
  }).graph;
  return { values: { ...(constants.get("0") as Constant), name }, indices: constants.get("1") as Constant };
}

/** Positions in the row-major tensor. */
function placesOf(indices: Constant, shape: readonly number[], count: number, subject: string): number[] {
  const linear = indices.shape.length === 1;
  const rank = linear ? 1 : shape.length;
  if (indices.dtype !== "int64" || sizeOf(indices.shape) !== count * rank || indices.shape[0] !== count) {
    throw new InvalidModel(
      `${subject} has indices ${indices.dtype}[${indices.shape.join(", ")}], expected int64[${count}] or int64[${count}, ${shape.length}]`,
    );
  }
  const limits = linear ? [sizeOf(shape)] : shape;
  const all = Array.from(tensorOf(indices).data as BigInt64Array, Number);
  return Array.from({ length: count }, (_, i) =>
    limits.reduce((place, limit, axis) => {
      const at = all[i * rank + axis] as number;
      if (!(at >= 0 && at < limit)) {
        throw new InvalidModel(`${subject} has index ${at}, expected one below ${limit}`);
      }
      return place * limit + at;
    }, 0),
  );
}
