// A hand-made ONNX file with everything that the format can say, for the tests of decode and encode. It is no network
// that would run.

import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type TensorProtoSchema,
} from "onnx-buf";

type TensorInit = MessageInitShape<typeof TensorProtoSchema>;

const text = (value: string) => Uint8Array.from(value, (each) => each.charCodeAt(0));
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** float32 in raw_data. */
export const raw = (name: string, dims: readonly number[], values: readonly number[]) =>
  ({ name, dataType: 1, dims: dims.map(BigInt), rawData: floats(...values) }) satisfies TensorInit;

const tensorType = (elemType: number, ...dims: readonly (number | string | null)[]) => ({
  value: {
    case: "tensorType" as const,
    value: {
      elemType,
      shape: {
        dim: dims.map((dim) => ({
          value:
            typeof dim === "number"
              ? { case: "dimValue" as const, value: BigInt(dim) }
              : dim === null
                ? { case: undefined }
                : { case: "dimParam" as const, value: dim },
        })),
      },
    },
  },
});

const value = (name: string) => ({ name, type: tensorType(1) });
const sparse = {
  values: raw("sparse", [2], [1, 2]),
  indices: { dataType: 7, dims: [2n], rawData: new Uint8Array(16).fill(1, 0, 1) },
  dims: [4n, 4n],
};
const entry = (key: string, what: string) => ({ key, value: what });

const branch = (name: string, weight: number) => ({
  name,
  docString: `the branch ${name}`,
  node: [
    { opType: "Mul", input: ["x", "w"], output: ["t"] }, // x is captured
    {
      opType: "If",
      name: "inner",
      input: ["condition"],
      output: [`${name}_out`],
      attribute: [
        {
          name: "then_branch",
          type: Kind.GRAPH,
          g: {
            name: "deep",
            node: [{ opType: "Add", input: ["t", "y0"], output: ["u"] }],
            output: [value("u")],
          },
        },
      ],
    },
  ],
  initializer: [raw("w", [1], [weight])],
  output: [value(`${name}_out`)],
});

/** The file as a message: every tensor in raw_data, so that a round trip must give it back field by field. */
export function everything(): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: "hand",
    producerVersion: "1.2",
    domain: "org.example",
    modelVersion: 7n,
    docString: "all of it: ü, 模型",
    opsetImport: [
      { domain: "", version: 21n },
      { domain: "org.example", version: 2n },
    ],
    metadataProps: [entry("author", "nobody"), entry("empty", "")],
    functions: [
      {
        name: "Twice",
        domain: "org.example",
        overload: "first",
        input: ["a"],
        output: ["b"],
        attribute: ["alpha"],
        attributeProto: [{ name: "beta", type: Kind.FLOAT, f: 0.5 }],
        docString: "doubles",
        opsetImport: [{ domain: "", version: 20n }],
        valueInfo: [value("a")],
        metadataProps: [entry("k", "v")],
        node: [
          {
            opType: "LeakyRelu",
            input: ["a"],
            output: ["b"],
            attribute: [{ name: "alpha", type: Kind.FLOAT, refAttrName: "alpha" }],
          },
        ],
      },
    ],
    trainingInfo: [
      {
        initialization: { name: "init", initializer: [raw("seed", [1], [3])], output: [value("seed")] },
        updateBinding: [entry("w", "w_new")],
      },
    ],
    configuration: [{ name: "two", numDevices: 2, device: ["a", "b"] }],
    graph: {
      name: "main",
      docString: "the main graph",
      metadataProps: [entry("graph", "yes")],
      input: [
        {
          name: "x",
          type: tensorType(1, "batch", 3, null, ""),
          docString: "what to feed",
          metadataProps: [entry("a", "b")],
        },
        { name: "w0", type: tensorType(1, 2, 2) }, // an initializer listed as an input, as IR 3 had it
        { name: "condition", type: { ...tensorType(9), denotation: "SWITCH" } },
        { name: "scalar", type: { value: { case: "tensorType", value: { elemType: 1 } } } },
        { name: "list", type: { value: { case: "sequenceType", value: { elemType: tensorType(1, "n") } } } },
        {
          name: "map",
          type: { value: { case: "mapType", value: { keyType: 7, valueType: tensorType(8) } } },
        },
        { name: "maybe", type: { value: { case: "optionalType", value: { elemType: tensorType(1) } } } },
        { name: "thin", type: { value: { case: "sparseTensorType", value: { elemType: 1 } } } },
        { name: "future", type: tensorType(99, 2) },
        { name: "untyped" },
      ],
      output: [{ name: "y0", type: tensorType(1, -1, 0) }, value("chosen")],
      valueInfo: [{ name: "t0", type: tensorType(10, "batch", 4) }],
      initializer: [
        {
          ...raw("w0", [2, 2], [1, -2, 0.5, 4]),
          docString: "weights",
          metadataProps: [entry("unit", "none")],
        },
        { name: "none", dataType: 7, dims: [0n] },
        { name: "words", dataType: 8, dims: [2n], stringData: [text("one"), Uint8Array.of(0xff, 0xfe)] },
        { name: "one", dataType: 7, dims: [], rawData: Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0x80) },
        { name: "nibbles", dataType: 22, dims: [3n], rawData: Uint8Array.of(0x21, 0x0f) },
      ],
      sparseInitializer: [sparse],
      quantizationAnnotation: [
        {
          tensorName: "w0",
          quantParameterTensorNames: [entry("SCALE_TENSOR", "s"), entry("ZERO_POINT_TENSOR", "z")],
        },
      ],
      node: [
        {
          opType: "Everything",
          name: "kinds",
          domain: "org.example",
          overload: "second",
          docString: "one attribute of each kind",
          metadataProps: [entry("node", "yes")],
          deviceConfigurations: [{ configurationId: "two", pipelineStage: 1 }],
          input: ["x", "", "w0"],
          output: ["y0", "", "t0"],
          attribute: [
            { name: "float", type: Kind.FLOAT, f: 0.25, docString: "a quarter" },
            { name: "zero", type: Kind.FLOAT, f: 0 },
            { name: "infinite", type: Kind.FLOAT, f: Number.NEGATIVE_INFINITY },
            { name: "int", type: Kind.INT, i: 2n ** 63n - 1n },
            { name: "string", type: Kind.STRING, s: text("abc") },
            { name: "blank", type: Kind.STRING, s: text("") },
            { name: "latin", type: Kind.STRING, s: Uint8Array.of(0xe9, 0x20) }, // not UTF-8
            { name: "tensor", type: Kind.TENSOR, t: raw("inside", [2], [1, 2]), docString: "two numbers" },
            { name: "floats", type: Kind.FLOATS, floats: [1, -0.5] },
            { name: "ints", type: Kind.INTS, ints: [-(2n ** 63n), 0n, 5n] },
            { name: "no_ints", type: Kind.INTS },
            { name: "strings", type: Kind.STRINGS, strings: [text("a"), text("")] },
            { name: "odd_strings", type: Kind.STRINGS, strings: [text("a"), Uint8Array.of(0xff)] },
            { name: "tensors", type: Kind.TENSORS, tensors: [raw("a", [1], [1]), raw("b", [], [2])] },
            { name: "sparse", type: Kind.SPARSE_TENSOR, sparseTensor: sparse },
            { name: "sparses", type: Kind.SPARSE_TENSORS, sparseTensors: [sparse, sparse] },
            { name: "type", type: Kind.TYPE_PROTO, tp: tensorType(1, 2) },
            { name: "types", type: Kind.TYPE_PROTOS, typeProtos: [tensorType(1, 2), tensorType(7)] },
            { name: "old", f: 2 }, // without a type, as IR version 1 wrote them
          ],
        },
        {
          opType: "If",
          input: ["condition"],
          output: ["chosen"],
          attribute: [
            { name: "then_branch", type: Kind.GRAPH, g: branch("yes", 2), docString: "then" },
            { name: "else_branch", type: Kind.GRAPH, g: branch("no", 3) },
          ],
        },
        {
          opType: "Several",
          domain: "org.example",
          input: ["x"],
          output: [],
          attribute: [{ name: "bodies", type: Kind.GRAPHS, graphs: [branch("a", 4), branch("b", 5)] }],
        },
      ],
    },
  });
}

export const fileOf = (proto: ModelProto) => toBinary(ModelProtoSchema, proto);

/** The smallest file that is a model: one node, one initializer. */
export function small(tensor: TensorInit = raw("w", [2], [1, 2])): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: "", version: 17n }],
    graph: {
      name: "small",
      input: [value("x")],
      output: [value("y")],
      initializer: [tensor],
      node: [{ opType: "Add", input: ["x", "w"], output: ["y"] }],
    },
  });
}
