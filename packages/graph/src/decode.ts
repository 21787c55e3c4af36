// ONNX file → Model (protobuf by @bufbuild/protobuf and onnx-buf, zero-copy). Reads structure and references
// to data; does not judge whether the ops are known (check.ts).

import { byteLengthOf, dtypeOf, sizeOf } from "@bitscape/tensor";
import { fromBinary } from "@bufbuild/protobuf";
import { getTextEncoding } from "@bufbuild/protobuf/wire";
import {
  type AttributeProto,
  type GraphProto,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  type ValueInfoProto,
} from "onnx-buf";
import type { Attribute } from "./attribute.ts";
import type { Constant } from "./constant.ts";
import { typedElements } from "./elements.ts";
import { InvalidModel } from "./error.ts";
import type { Dim, Graph, Model, Node, ValueInfo } from "./graph.ts";
import { sniff } from "./sniff.ts";

export interface DecodeOptions {
  /** What errors call the file. */
  readonly name?: string;
  /** Bytes of an external data file, by the location the model names (a relative path). */
  readonly external?: (location: string) => Uint8Array | undefined;
}

const { decodeUtf8, encodeUtf8 } = getTextEncoding();

interface Reading extends DecodeOptions {
  readonly name: string;
  readonly ids: Set<string>;
  count: number;
}

/**
 * Reads a whole ONNX file. Weights stay views into `bytes` or into the external files.
 * @throws InvalidModel with one sentence for a file that is not ONNX, is truncated, or lacks external data
 */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): Model {
  const name = options.name ?? "model";
  const proto = parse(bytes, name);
  if (!proto.graph) throw new InvalidModel(`${name}: no graph inside, expected an ONNX model`);
  const graph = decodeGraph(proto.graph, { ...options, name, ids: new Set(), count: 0 });
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

function parse(bytes: Uint8Array, name: string): ModelProto {
  if (bytes.byteLength === 0) throw new InvalidModel(`${name}: an empty file, expected an ONNX model`);
  const other = sniff(bytes);
  if (other) throw new InvalidModel(`${name}: ${other}, expected an ONNX model`);
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    if (String(error).includes("recursion depth")) {
      throw new InvalidModel(
        `${name}: messages nested over 100 deep, expected a model with fewer inner graphs`,
      );
    }
    // A model starts with ir_version (field 1, varint): past that, what fails is a length beyond the end.
    const truncated = bytes[0] === 0x08;
    throw new InvalidModel(
      truncated
        ? `${name}: the file ends early or is damaged (${bytes.byteLength} bytes), expected a whole ONNX model`
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

function decodeConstant(proto: TensorProto, reading: Reading): Constant {
  const dtype = dtypeOf(proto.dataType);
  const subject = `${reading.name}: tensor ${proto.name || "of a Constant node"}`;
  if (!dtype) throw new InvalidModel(`${subject} has data type ${proto.dataType}, expected one of ONNX 1.20`);
  const shape = proto.dims.map(Number);
  if (shape.some((dim) => dim < 0) || !Number.isSafeInteger(sizeOf(shape))) {
    throw new InvalidModel(
      `${subject} has shape [${shape.join(", ")}], expected dimensions that fit in memory`,
    );
  }
  const byteLength = byteLengthOf(dtype, sizeOf(shape));
  const base = { name: proto.name, dtype, shape, byteLength, source: proto };
  const check = (found: number) => {
    if (found !== byteLength) {
      throw new InvalidModel(
        `${subject} holds ${found} bytes, expected ${byteLength} for ${dtype}[${shape.join(", ")}]`,
      );
    }
  };
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    const bytes = externalBytes(proto, subject, byteLength, reading);
    return { ...base, bytes: () => bytes };
  }
  if (dtype === "string") {
    const found = proto.stringData.length;
    if (found !== sizeOf(shape)) {
      throw new InvalidModel(
        `${subject} holds ${found} strings, expected ${sizeOf(shape)} for [${shape.join(", ")}]`,
      );
    }
    return { ...base, bytes: () => new Uint8Array(0) };
  }
  if (proto.rawData.byteLength > 0 || byteLength === 0) {
    const raw = proto.rawData;
    check(raw.byteLength);
    proto.rawData = new Uint8Array(0);
    return { ...base, bytes: () => raw };
  }
  const bytes = typedElements(proto, dtype, subject);
  check(bytes.byteLength);
  // As with raw_data: held once.
  Object.assign(proto, { floatData: [], int32Data: [], int64Data: [], doubleData: [], uint64Data: [] });
  return { ...base, bytes: () => bytes };
}

function externalBytes(
  proto: TensorProto,
  subject: string,
  byteLength: number,
  reading: Reading,
): Uint8Array {
  const entries = new Map(proto.externalData.map((entry) => [entry.key, entry.value]));
  const location = entries.get("location") ?? "";
  const file = reading.external?.(location);
  if (!file)
    throw new InvalidModel(
      `${subject} is in the external file "${location}", expected that file beside the model`,
    );
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? byteLength);
  if (
    !(offset >= 0) ||
    !Number.isInteger(offset) ||
    offset + length > file.byteLength ||
    length !== byteLength
  ) {
    throw new InvalidModel(
      `${subject} is at bytes ${offset} to ${offset + length} of "${location}" (${file.byteLength} bytes), expected ${byteLength} bytes inside the file`,
    );
  }
  return file.subarray(offset, offset + length);
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
