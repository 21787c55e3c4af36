// ONNX file → Model (protobuf by @bufbuild/protobuf and onnx-buf, zero-copy). Reads structure and references
// to data; does not judge whether the ops are known (check.ts).

import { dtypeOf } from "@bitscape/tensor";
import { fromBinary } from "@bufbuild/protobuf";
import { getTextEncoding } from "@bufbuild/protobuf/wire";
import {
  type AttributeProto,
  type GraphProto,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
} from "onnx-buf";
import type { Attribute } from "./attribute.ts";
import { type ByteSource, memorySource } from "./bytes.ts";
import type { Constant } from "./constant.ts";
import { decodeConstant, type Skimming, type TensorReading } from "./decodeConstant.ts";
import { InvalidModel } from "./error.ts";
import type { Dim, Graph, Model, Node, ValueInfo } from "./graph.ts";
import { skim, Unreadable } from "./skim.ts";
import { sniff } from "./sniff.ts";

/** What errors call the file ("model" unless told), and where its external data are. */
export type DecodeOptions = Partial<Pick<TensorReading, "name" | "external">>;

const { decodeUtf8, encodeUtf8 } = getTextEncoding();

interface Reading extends TensorReading {
  readonly ids: Set<string>;
  count: number;
}

// A file up to this size is read whole; of a larger one the structure alone.
const WHOLE_BYTES = 2 ** 24;

/**
 * Reads an ONNX file. Weights stay where they are, in `file` or in the external files, until they are asked for.
 * @throws InvalidModel with one sentence for a file that is not ONNX, is truncated, or lacks external data
 */
export function decodeModel(file: Uint8Array | ByteSource, options: DecodeOptions = {}): Model {
  const name = options.name ?? "model";
  const { proto, skimmed } = parse(file, name);
  if (!proto.graph) throw new InvalidModel(`${name}: no graph inside, expected an ONNX model`);
  const graph = decodeGraph(proto.graph, { ...options, name, ids: new Set(), skimmed, count: 0 });
  if (skimmed && skimmed.holes.size > 0) {
    throw new InvalidModel(`${name}: ${skimmed.holes.size} large tensors given twice, expected each once`);
  }
  if (graph.nodes.length === 0 && graph.outputs.length === 0) {
    throw new InvalidModel(`${name}: an empty graph, expected an ONNX model with nodes and outputs`);
  }
  const opsets = new Map(
    proto.opsetImport.map((entry) => [entry.domain === "ai.onnx" ? "" : entry.domain, Number(entry.version)]),
  );
  return {
    graph,
    opsets,
    irVersion: Number(proto.irVersion),
    producer: { name: proto.producerName, version: proto.producerVersion },
    metadata: new Map(proto.metadataProps.map((entry) => [entry.key, entry.value])),
    source: withoutGraph(proto),
  };
}

function parse(
  file: Uint8Array | ByteSource,
  name: string,
): { proto: ModelProto; skimmed: Skimming | undefined } {
  if (file.byteLength === 0) throw new InvalidModel(`${name}: an empty file, expected an ONNX model`);
  const source = file instanceof Uint8Array ? memorySource(file) : file;
  const head = source.read(0, Math.min(64, source.byteLength));
  const other = sniff(head);
  if (other) throw new InvalidModel(`${name}: ${other}, expected an ONNX model`);
  const isWhole = file instanceof Uint8Array || file.byteLength <= WHOLE_BYTES;
  const bytes = isWhole ? source.read(0, source.byteLength) : undefined;
  try {
    if (bytes) return { proto: fromBinary(ModelProtoSchema, bytes), skimmed: undefined };
    const { structure, holes } = skim(source);
    const skimmed = { source, structure, holes: new Map(holes) };
    return { proto: fromBinary(ModelProtoSchema, structure), skimmed };
  } catch (error) {
    if (error instanceof Unreadable) throw error.cause;
    if (String(error).includes("recursion depth")) {
      throw new InvalidModel(
        `${name}: messages nested over 100 deep, expected a model with fewer inner graphs`,
      );
    }
    // A model starts with ir_version (field 1, varint): past that, what fails is a length beyond the end.
    const truncated = head[0] === 0x08;
    throw new InvalidModel(
      truncated
        ? `${name}: the file ends early or is damaged (${file.byteLength} bytes), expected a whole ONNX model`
        : `${name}: not a protobuf message, expected an ONNX model`,
    );
  }
}

function withoutGraph(proto: ModelProto): ModelProto {
  delete proto.graph;
  return proto;
}

function decodeGraph(proto: GraphProto, reading: Reading): Graph {
  const constants = new Map<string, Constant>();
  for (const tensor of proto.initializer) constants.set(tensor.name, decodeConstant(tensor, reading));
  const nodes = proto.node.map((node) => decodeNode(node, reading));
  const graph: Graph = {
    name: proto.name,
    nodes,
    constants,
    inputs: proto.input.map(decodeValue),
    outputs: proto.output.map(decodeValue),
    valueInfo: proto.valueInfo.map(decodeValue),
    source: proto,
  };
  // What the graph now holds itself, the kept message must not hold twice.
  proto.initializer = [];
  proto.node = [];
  return graph;
}

function decodeNode(proto: NodeProto, reading: Reading): Node {
  const index = reading.count++;
  let id = proto.name === "" ? `${proto.opType}_${index}` : proto.name;
  // Again where another node is called just that.
  while (reading.ids.has(id)) id = `${id}_${index}`;
  reading.ids.add(id);
  const attributes = new Map(proto.attribute.map((each) => [each.name, decodeAttribute(each, reading)]));
  proto.attribute = [];
  return {
    id,
    name: proto.name,
    op: proto.opType,
    domain: proto.domain === "ai.onnx" ? "" : proto.domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes,
    source: proto,
  };
}

function decodeAttribute(proto: AttributeProto, reading: Reading): Attribute {
  if (proto.refAttrName !== "") return { type: "opaque", source: proto };
  switch (proto.type) {
    case Kind.FLOAT:
      return { type: "float", value: proto.f, source: proto };
    case Kind.INT:
      return { type: "int", value: proto.i, source: proto };
    case Kind.STRING:
      return asText([proto.s], (value) => ({ type: "string", value: value[0] ?? "", source: proto }), proto);
    case Kind.FLOATS:
      return { type: "floats", value: proto.floats, source: proto };
    case Kind.INTS:
      return { type: "ints", value: proto.ints, source: proto };
    case Kind.STRINGS:
      return asText(proto.strings, (value) => ({ type: "strings", value, source: proto }), proto);
    // What follows is taken apart: its message is built anew on encoding, and kept without it.
    case Kind.TENSOR: {
      const { t } = proto;
      if (!t) break;
      delete proto.t;
      return { type: "tensor", value: decodeConstant(t, reading), source: proto };
    }
    case Kind.GRAPH: {
      const { g } = proto;
      if (!g) break;
      delete proto.g;
      return { type: "graph", value: decodeGraph(g, reading), source: proto };
    }
    case Kind.GRAPHS: {
      const { graphs } = proto;
      proto.graphs = [];
      return { type: "graphs", value: graphs.map((graph) => decodeGraph(graph, reading)), source: proto };
    }
    default:
  }
  return { type: "opaque", source: proto };
}

function asText(bytes: Uint8Array[], make: (value: string[]) => Attribute, proto: AttributeProto): Attribute {
  const values = bytes.map((each) => decodeUtf8(each));
  const exact = values.every((value, i) => encodeUtf8(value).byteLength === bytes[i]?.byteLength);
  return exact ? make(values) : { type: "opaque", source: proto }; // not UTF-8: carried as it is
}

function decodeValue(proto: ValueInfoProto): ValueInfo {
  const base = { name: proto.name, source: proto };
  if (proto.type?.value.case !== "tensorType") return base;
  const { elemType, shape } = proto.type.value.value;
  const dtype = dtypeOf(elemType);
  const dims = shape?.dim.map((dim): Dim => {
    if (dim.value.case === "dimValue") return Number(dim.value.value);
    return dim.value.case === "dimParam" && dim.value.value !== "" ? dim.value.value : null;
  });
  return { ...base, ...(dtype && { dtype }), ...(dims && { shape: dims }) };
}
