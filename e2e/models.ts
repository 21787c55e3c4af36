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

/** The same network with a weight that claims to be larger than any memory. */
export function hugeModel(): Uint8Array {
  const model = fromBinary(ModelProtoSchema, smallModel());
  const head = model.graph?.initializer.find(({ name }) => name === "head");
  if (!head) throw new Error("the small model has no weight head");
  head.dims = [4n, 2n ** 40n];
  return toBinary(ModelProtoSchema, model);
}

function weight(name: string, shape: readonly number[], nan = false, factor = 0.3): Constant {
  const random = seededRandom(name.length + sizeOf(shape));
  const values = Float32Array.from({ length: sizeOf(shape) }, () => factor * normal(random));
  if (nan) values[5] = Number.NaN;
  return constantOf(name, tensor("float32", shape, values));
}

/**
 * A classifier of as many residual blocks as asked, each of two small convolutions, two Relus and an Add, named as torch.onnx
 * names modules: many nodes and little to compute. 5 nodes and 3 rows of the heatmap a block, 4 nodes and 3 rows
 * besides. Each block adds little to what passes it by, so that the network does not saturate however deep it is.
 */
export function deepModel(blocks: number, blocksOfStage = 25): Uint8Array {
  const { node, value } = build;
  const padded = { pads: ints([1, 1, 1, 1]) };
  const nodes = [node("Conv", ["x", "stem.weight"], ["stem"], padded, "/stem/Conv")];
  const constants = [weight("stem.weight", [4, 3, 3, 3])];
  let from = "stem";
  for (let i = 0; i < blocks; i++) {
    const stage = `layer${1 + Math.floor(i / blocksOfStage)}`;
    const scope = `/${stage}/${stage}.${i % blocksOfStage}`;
    const at = (name: string) => `${scope.slice(1)}/${name}`;
    nodes.push(
      node("Conv", [from, `b${i}.1`], [at("c1")], padded, `${scope}/conv1/Conv`),
      node("Relu", [at("c1")], [at("r1")], {}, `${scope}/relu/Relu`),
      node("Conv", [at("r1"), `b${i}.2`], [at("c2")], padded, `${scope}/conv2/Conv`),
      node("Add", [from, at("c2")], [at("sum")], {}, `${scope}/Add`),
      node("Relu", [at("sum")], [at("out")], {}, `${scope}/relu_1/Relu`),
    );
    constants.push(weight(`b${i}.1`, [4, 4, 3, 3]), weight(`b${i}.2`, [4, 4, 3, 3], false, 0.3 / blocks));
    from = at("out");
  }
  nodes.push(
    node("GlobalAveragePool", [from], ["p"], {}, "/pool/GlobalAveragePool"),
    node("Flatten", ["p"], ["f"], {}, "/Flatten"),
    node("Gemm", ["f", "fc.weight"], ["y"], { transB: int(1) }, "/fc/Gemm"),
  );
  constants.push(weight("fc.weight", [4, 4]));
  const inputs = [value("x", "float32", ["N", 3, 8, 8])];
  const outputs = [value("y", "float32", ["N", 4])];
  return encodeModel(build.model(build.graph({ nodes, constants, inputs, outputs }), 17));
}
