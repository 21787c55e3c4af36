// Model → ONNX file, alone or with a file of external data beside it. Structure goes through protobuf; tensor data is
// written record by record, so that exact sizes are known before any weight is computed, and files can be streamed.
// Source: onnx.proto; onnx/docs/ExternalData.md.

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
  TensorProto_DataLocation,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { Attribute } from "./attribute.ts";
import { type Constant, partsOf } from "./constant.ts";
import type { Graph, Model, Node, ValueInfo } from "./graph.ts";
import { varintOf } from "./skim.ts";

/** A run of a file: bytes, or a constant whose data belongs here. */
interface Piece {
  readonly to: FileRole;
  readonly content: Uint8Array | Constant;
}

/** The file that holds the message, or the one that holds external data. */
export type FileRole = "model" | "data";

/** Bytes that come next in one of the files. */
export interface Chunk {
  readonly to: FileRole;
  readonly bytes: Uint8Array;
}

/** Protobuf's limit: no message is longer, and so no ONNX file that is alone. */
export const LARGEST_MESSAGE = 2 ** 31 - 1;
// Constants shorter than this stay in the message; offsets of those longer than a page begin at one (ExternalData.md).
const INLINE_BYTES = 1024;
const PAGE_BYTES = 4096;
const ALIGNED_BYTES = 64;

const { encodeUtf8 } = getTextEncoding();
// Tags: field number << 3 | 2 (length-delimited). onnx.proto: ModelProto.graph = 7, GraphProto.initializer = 5,
// TensorProto.raw_data = 9.
const GRAPH = 0x3a;
const INITIALIZER = 0x2a;
const RAW_DATA = 0x4a;

/** The exact length in bytes of the file that {@link encodeModel} writes; no initializer of the main graph is read for it. */
export function encodedSize(model: Model): number {
  return encodedSizes(model).model;
}

/** The exact lengths of a model's file and of its external data, as {@link encodeFiles} writes them. */
export function encodedSizes(model: Model, location?: string): Record<FileRole, number> {
  const sizes = { model: 0, data: 0 };
  for (const { to, content } of pieces(model, location)) sizes[to] += content.byteLength;
  return sizes;
}

/** The file in order, chunk by chunk; a constant's bytes are asked for when its turn comes. */
export function* encodeChunks(model: Model): Generator<Uint8Array> {
  for (const { content } of pieces(model)) yield* chunksOf(content);
}

/**
 * A model's files in order, chunk by chunk, what takes long in steps.
 * @param location what the model calls its file of external data; one file alone where there is none
 * @param between awaited between two steps of long work; throws to cancel
 */
export async function* encodeFiles(
  model: Model,
  { location, between }: { readonly location?: string; readonly between: () => Promise<void> },
): AsyncGenerator<Chunk> {
  for (const { to, content } of pieces(model, location)) {
    if (!(content instanceof Uint8Array)) await content.prepare?.(between);
    for (const bytes of chunksOf(content)) yield { to, bytes };
  }
}

function* chunksOf(content: Uint8Array | Constant): Generator<Uint8Array> {
  if (content instanceof Uint8Array) {
    yield content;
    return;
  }
  let length = 0;
  for (const bytes of partsOf(content)) {
    length += bytes.byteLength;
    if (length > content.byteLength) break;
    yield bytes;
  }
  if (length !== content.byteLength) {
    throw new Error(`constant ${content.name}: ${length} bytes, expected ${content.byteLength}`);
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

function pieces(model: Model, location?: string): Piece[] {
  const graph = graphPieces(model.graph, location);
  const length = graph.reduce((size, { to, content }) => size + (to === "model" ? content.byteLength : 0), 0);
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
  return [...inMessage(toBinary(ModelProtoSchema, head), record(GRAPH, length)), ...graph];
}

function inMessage(...contents: readonly (Uint8Array | Constant)[]): Piece[] {
  return contents.map((content) => ({ to: "model", content }));
}

function graphPieces(graph: Graph, location: string | undefined): Piece[] {
  const found = inMessage(toBinary(GraphProtoSchema, graphProto(graph, [])));
  let offset = 0;
  for (const constant of graph.constants.values()) {
    if (location !== undefined && constant.byteLength >= INLINE_BYTES) {
      const unit = constant.byteLength >= PAGE_BYTES ? PAGE_BYTES : ALIGNED_BYTES;
      const at = Math.ceil(offset / unit) * unit;
      const head = toBinary(TensorProtoSchema, externalHead(constant, location, at));
      found.push(...inMessage(record(INITIALIZER, head.byteLength), head));
      found.push({ to: "data", content: new Uint8Array(at - offset) }, { to: "data", content: constant });
      offset = at + constant.byteLength;
      continue;
    }
    const head = toBinary(TensorProtoSchema, tensorHead(constant));
    if (constant.byteLength === 0) {
      found.push(...inMessage(record(INITIALIZER, head.byteLength), head));
      continue;
    }
    const raw = record(RAW_DATA, constant.byteLength);
    const length = head.byteLength + raw.byteLength + constant.byteLength;
    found.push(...inMessage(record(INITIALIZER, length), head, raw, constant));
  }
  return found;
}

/** A constant's message that says where its data lie. */
function externalHead(constant: Constant, location: string, offset: number): TensorProto {
  const entries = { location, offset: String(offset), length: String(constant.byteLength) };
  return Object.assign(tensorHead(constant), {
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
  });
}

/** A tag and a length (base-128 varint). */
function record(tag: number, length: number): Uint8Array {
  return Uint8Array.from([tag, ...varintOf(length)]);
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
