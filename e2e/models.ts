// Small networks for the journeys, whole and broken, built with our own builder.

import { build, type Constant, constantOf, encodeModel, int, ints, type Node } from "@bitscape/graph";
import { normal, seededRandom, sizeOf, tensor } from "@bitscape/tensor";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataLocation } from "onnx-buf";

/** A classifier of 32×32 pictures into four classes, of two layers. */
export function smallModel({ nan = false, last = {} as Partial<Pick<Node, "op" | "domain">> } = {}) {
  const { node, value } = build;
  const nodes = [
    node("Conv", ["x", "w", "b"], ["c"], { pads: ints([1, 1, 1, 1]) }, "conv"),
    node("Relu", ["c"], ["r"], {}, "relu"),
    node("GlobalAveragePool", ["r"], ["p"], {}, "pool"),
    node("Flatten", ["p"], ["f"], {}, "flat"),
    { ...node("Gemm", ["f", "head"], ["y"], { transB: int(1) }, "head"), ...last },
  ];
  const constants = [weight("w", [16, 3, 3, 3], nan), weight("b", [16]), weight("head", [4, 16])];
  const inputs = [value("x", "float32", ["N", 3, 32, 32])];
  const outputs = [value("y", "float32", ["N", 4])];
  return encodeModel(build.model(build.graph({ nodes, constants, inputs, outputs }), 17));
}

/** The same network with a weight in another file, which is not there. */
export function withoutItsData(location: string): Uint8Array {
  const model = fromBinary(ModelProtoSchema, smallModel());
  const weight = model.graph?.initializer.find(({ name }) => name === "w");
  if (!weight) throw new Error("the small model has no weight w");
  weight.dataLocation = TensorProto_DataLocation.EXTERNAL;
  weight.externalData = Object.entries({ location, offset: "0", length: String(weight.rawData.length) }).map(
    ([key, value]) => ({ $typeName: "onnx.StringStringEntryProto", key, value }),
  );
  weight.rawData = new Uint8Array();
  return toBinary(ModelProtoSchema, model);
}

function weight(name: string, shape: readonly number[], nan = false): Constant {
  const random = seededRandom(name.length + sizeOf(shape));
  const values = Float32Array.from({ length: sizeOf(shape) }, () => 0.3 * normal(random));
  if (nan) values[5] = Number.NaN;
  return constantOf(name, tensor("float32", shape, values));
}
