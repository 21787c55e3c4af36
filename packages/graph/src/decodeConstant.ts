// Tensor of an ONNX file (TensorProto) → Constant: what it is, checked, and where its bytes lie (in the message, in a
// large file that was not read whole, or in an external file). The bytes themselves stay there until they are asked for.

import { byteLengthOf, dtypeOf, sizeOf } from "@bitscape/tensor";
import { type TensorProto, TensorProto_DataLocation } from "onnx-buf";
import type { ByteSource } from "./bytes.ts";
import type { Constant } from "./constant.ts";
import { typedElements } from "./elements.ts";
import { InvalidModel } from "./error.ts";
import type { Hole } from "./skim.ts";

/** A file's tensors, while it is decoded. */
export interface TensorReading {
  /** What errors call the file. */
  readonly name: string;
  /** An external data file, by the location the model names (a relative path); undefined where it is not there. */
  readonly external?: (location: string) => Uint8Array | ByteSource | undefined;
  readonly skimmed: Skimming | undefined;
}

/** A file that was not read whole: tensors' data left out of the structure, each to be found by its tensor. */
export interface Skimming {
  readonly source: ByteSource;
  readonly structure: Uint8Array;
  readonly holes: Map<number, Hole>;
}

/** @throws InvalidModel where type, shape and the bytes that are there do not agree */
export function decodeConstant(proto: TensorProto, reading: TensorReading): Constant {
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
    return { ...base, ...externalBytes(proto, subject, byteLength, reading) };
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
  const hole = takeHole(proto, reading);
  if (hole) {
    check(hole.to - hole.from);
    proto.rawData = new Uint8Array(0);
    return { ...base, ...bytesIn(hole.source, hole.from, byteLength) };
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

/** The place of a tensor's data that was left out of the structure; each is taken once. */
function takeHole(
  { rawData }: TensorProto,
  { skimmed }: TensorReading,
): (Hole & { source: ByteSource }) | undefined {
  // Protobuf gives views: an emptied field is known by where it lies.
  if (!skimmed || rawData.byteLength > 0 || rawData.buffer !== skimmed.structure.buffer) return undefined;
  const at = rawData.byteOffset - skimmed.structure.byteOffset;
  const hole = skimmed.holes.get(at);
  skimmed.holes.delete(at);
  return hole && { ...hole, source: skimmed.source };
}

/** Bytes that stay in a file until they are asked for. */
function bytesIn(source: ByteSource, offset: number, length: number): Pick<Constant, "bytes" | "range"> {
  return {
    bytes: () => source.read(offset, offset + length),
    range: (from, to) => source.read(offset + from, offset + to),
  };
}

function externalBytes(
  proto: TensorProto,
  subject: string,
  byteLength: number,
  reading: TensorReading,
): Pick<Constant, "bytes" | "range"> {
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
  if (!(file instanceof Uint8Array)) return bytesIn(file, offset, length);
  const bytes = file.subarray(offset, offset + length);
  return { bytes: () => bytes };
}
