// Model → ONNX file. Structure goes through protobuf; tensor data is written record by record, so that the
// file's exact size is known before any weight is computed, and a file can be streamed.

import { onnxNumber } from "@bitscape/tensor";
import { create, toBinary } from "@bufbuild/protobuf";
import { getTextEncoding } from "@bufbuild/protobuf/wire";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { Attribute } from "./attribute.ts";
import type { Constant } from "./constant.ts";
import type { Graph, Model, Node, ValueInfo } from "./graph.ts";

/** A run of the file: bytes, or a constant whose data belongs here. */
type Piece = Uint8Array | Constant;

const { encodeUtf8 } = getTextEncoding();
// Tags: field number << 3 | 2 (length-delimited). onnx.proto: ModelProto.graph = 7, GraphProto.initializer = 5,
// TensorProto.raw_data = 9.
const GRAPH = 0x3a;
const INITIALIZER = 0x2a;
const RAW_DATA = 0x4a;

/** The exact length in bytes of the file that {@link encodeModel} writes; no initializer of the main graph is read for it. */
export function encodedSize(model: Model): number {
  return pieces(model).reduce((size, piece) => size + piece.byteLength, 0);
}

/** The file in order, chunk by chunk; a constant's bytes are asked for when its turn comes. */
export function* encodeChunks(model: Model): Generator<Uint8Array> {
  for (const piece of pieces(model)) {
    if (piece instanceof Uint8Array) {
      yield piece;
      continue;
    }
    const bytes = piece.bytes();
    if (bytes.byteLength !== piece.byteLength) {
      throw new Error(`constant ${piece.name}: ${bytes.byteLength} bytes, expected ${piece.byteLength}`);
    }
    yield bytes;
  }
}

/** The whole file in one array. */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(encodedSize(model));
  let at = 0;
  for (const chunk of encodeChunks(model)) {
    file.set(chunk, at);
    at += chunk.byteLength;
  }
  return file;
}

function pieces(model: Model): Piece[] {
  const graph = graphPieces(model.graph);
  const length = graph.reduce((size, piece) => size + piece.byteLength, 0);
  const head: ModelProto = Object.assign(create(ModelProtoSchema), model.source, {
    irVersion: BigInt(model.irVersion),
    opsetImport: [...model.opsets].map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    metadataProps: [...model.metadata].map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
    ...text("producerName", model.producer.name, model.source?.producerName),
    ...text("producerVersion", model.producer.version, model.source?.producerVersion),
  });
  return [toBinary(ModelProtoSchema, head), record(GRAPH, length), ...graph];
}

function graphPieces(graph: Graph): Piece[] {
  const found: Piece[] = [toBinary(GraphProtoSchema, graphProto(graph, []))];
  for (const constant of graph.constants.values()) {
    const head = toBinary(TensorProtoSchema, tensorHead(constant));
    if (constant.byteLength === 0) {
      found.push(record(INITIALIZER, head.byteLength), head);
      continue;
    }
    const raw = record(RAW_DATA, constant.byteLength);
    const length = head.byteLength + raw.byteLength + constant.byteLength;
    found.push(record(INITIALIZER, length), head, raw, constant);
  }
  return found;
}

/** A tag and a length (base-128 varint). */
function record(tag: number, length: number): Uint8Array {
  const bytes = [tag];
  let rest = length;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** A string field that is left out where it is empty, unless it has to replace another. */
function text<K extends string>(field: K, now: string, before = ""): { [P in K]?: string } {
  return now === "" && before === "" ? {} : ({ [field]: now } as { [P in K]: string });
}

function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  return encodeUtf8(text);
}

function graphProto(graph: Graph, initializer: TensorProto[]): GraphProto {
  return Object.assign(create(GraphProtoSchema), graph.source, {
    name: graph.name,
    node: graph.nodes.map(nodeProto),
    initializer,
    input: graph.inputs.map(valueProto),
    output: graph.outputs.map(valueProto),
    valueInfo: graph.valueInfo.map(valueProto),
  });
}

/** A constant's message without its data. */
function tensorHead(constant: Constant): TensorProto {
  const { source } = constant;
  return create(TensorProtoSchema, {
    ...(constant.name !== "" && { name: constant.name }),
    dims: constant.shape.map(BigInt),
    dataType: onnxNumber(constant.dtype),
    ...(source && source.docString !== "" && { docString: source.docString }),
    ...(source && { stringData: source.stringData, metadataProps: source.metadataProps }),
  });
}

function tensorProto(constant: Constant): TensorProto {
  const proto = tensorHead(constant);
  if (constant.byteLength > 0) proto.rawData = constant.bytes().slice() as Uint8Array<ArrayBuffer>;
  return proto;
}

function nodeProto(node: Node): NodeProto {
  return Object.assign(create(NodeProtoSchema), node.source, {
    input: [...node.inputs],
    output: [...node.outputs],
    opType: node.op,
    ...text("name", node.name, node.source?.name),
    ...text("domain", node.domain, node.source?.domain),
    attribute: [...node.attributes].map(([name, attribute]) => attributeProto(name, attribute)),
  });
}

function attributeProto(name: string, attribute: Attribute): AttributeProto {
  const { source, type } = attribute;
  // A graph or a tensor was taken out of its message; the others still are in theirs.
  if (source && type !== "tensor" && type !== "graph" && type !== "graphs") return source;
  const proto = Object.assign(create(AttributeProtoSchema), source, { name });
  switch (type) {
    case "tensor":
      return Object.assign(proto, { type: Kind.TENSOR, t: tensorProto(attribute.value) });
    case "graph":
      return Object.assign(proto, { type: Kind.GRAPH, g: wholeGraph(attribute.value) });
    case "graphs":
      return Object.assign(proto, { type: Kind.GRAPHS, graphs: attribute.value.map(wholeGraph) });
    case "float":
      return Object.assign(proto, { type: Kind.FLOAT, f: attribute.value });
    case "int":
      return Object.assign(proto, { type: Kind.INT, i: attribute.value });
    case "string":
      return Object.assign(proto, { type: Kind.STRING, s: bytesOfText(attribute.value) });
    case "floats":
      return Object.assign(proto, { type: Kind.FLOATS, floats: [...attribute.value] });
    case "ints":
      return Object.assign(proto, { type: Kind.INTS, ints: [...attribute.value] });
    case "strings":
      return Object.assign(proto, {
        type: Kind.STRINGS,
        strings: attribute.value.map((each) => bytesOfText(each)),
      });
    case "opaque":
      throw new Error(
        `attribute ${name}: an opaque value without its message, expected one read from a file`,
      );
  }
}

function wholeGraph(graph: Graph): GraphProto {
  return graphProto(graph, [...graph.constants.values()].map(tensorProto));
}

function valueProto(value: ValueInfo): ValueInfoProto {
  if (value.source) return value.source;
  const shape = value.shape && {
    dim: value.shape.map((dim) => ({
      value:
        typeof dim === "number"
          ? { case: "dimValue" as const, value: BigInt(dim) }
          : dim === null
            ? { case: undefined }
            : { case: "dimParam" as const, value: dim },
    })),
  };
  if (!value.dtype) return create(ValueInfoProtoSchema, { name: value.name });
  const tensor = { elemType: onnxNumber(value.dtype), ...(shape && { shape }) };
  return create(ValueInfoProtoSchema, {
    name: value.name,
    type: { value: { case: "tensorType", value: tensor } },
  });
}
