import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, type SparseTensorProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { tensorOf } from "../constant.ts";
import { decodeModel } from "../decode.ts";
import { densify } from "./sparse.ts";

type SparseInit = MessageInitShape<typeof SparseTensorProtoSchema>;

const values = (...floatData: number[]) => ({
  name: "w",
  dataType: 1,
  dims: [BigInt(floatData.length)],
  floatData,
});
const indices = (dims: number[], ...at: number[]) => ({
  dataType: 7,
  dims: dims.map(BigInt),
  int64Data: at.map(BigInt),
});

function dense(sparse: SparseInit) {
  const graph = { name: "g", sparseInitializer: [sparse], output: [{ name: "w" }] };
  const model = decodeModel(toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph })));
  return densify(model, "m.onnx").graph;
}

describe("densify", () => {
  it.each([
    ["linear indices", indices([3], 1, 4, 7)],
    ["coordinates", indices([3, 2], 0, 1, 2, 0, 3, 1)],
  ])("%s", (_, at) => {
    const graph = dense({ values: values(1.5, -2, 3), indices: at, dims: [4n, 2n] });
    const found = graph.constants.get("w");
    expect(found && { ...tensorOf(found), data: [...tensorOf(found).data] }).toEqual({
      dtype: "float32",
      shape: [4, 2],
      data: [0, 1.5, 0, 0, -2, 0, 0, 3],
    });
    expect(graph.source?.sparseInitializer).toEqual([]);
  });

  it.each<[string, SparseInit, string]>([
    [
      "an index outside",
      { values: values(1), indices: indices([1], 8), dims: [4n, 2n] },
      "m.onnx: sparse tensor w has index 8, expected one below 8",
    ],
    [
      "too few indices",
      { values: values(1, 2), indices: indices([1], 0), dims: [4n, 2n] },
      "m.onnx: sparse tensor w has indices int64[1], expected int64[2] or int64[2, 2]",
    ],
    [
      "a shape beyond memory",
      { values: values(1), indices: indices([1], 0), dims: [2n ** 40n] },
      "m.onnx: sparse tensor w has shape [1099511627776], expected dimensions that fit in memory",
    ],
    [
      "no indices",
      { values: values(1), dims: [4n] },
      "m.onnx: sparse tensor w: incomplete, expected a name, values and indices",
    ],
  ])("refuses %s", (_, sparse, sentence) => {
    expect(() => dense(sparse)).toThrow(sentence);
  });
});
