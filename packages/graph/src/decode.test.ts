// What decodeModel reads of tensors, and the sentence it answers for every file that is none.

import {
  bitsOf,
  byteLengthOf,
  type DType,
  dtypeOf,
  onnxNumber,
  seededRandom,
  sizeOf,
} from "@bitscape/tensor";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type GraphProto,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type TensorProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { subgraphsOf } from "./attribute.ts";
import type { Constant } from "./constant.ts";
import { type DecodeOptions, decodeModel } from "./decode.ts";
import { encodeModel } from "./encode.ts";
import { InvalidModel } from "./error.ts";
import { everything, fileOf, raw, small } from "./everything.sketch.ts";
import type { Graph } from "./graph.ts";

type TensorInit = MessageInitShape<typeof TensorProtoSchema>;

const weightOf = (tensor: TensorInit, options: DecodeOptions = {}) =>
  decodeModel(fileOf(small({ name: "w", ...tensor })), options).graph.constants.get("w") as Constant;

const sentence = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidModel);
    return (error as Error).message;
  }
  return "no error";
};

const text = (value: string) => Uint8Array.from(value, (each) => each.charCodeAt(0));

describe("dtypes", () => {
  const numbers = Object.values(TensorProto_DataType).filter((each) => typeof each === "number");

  it("are those of onnx.proto, number by number", () => {
    // FLOAT is float32 and DOUBLE float64; the rest differ in case and underscores.
    const names: Record<string, string> = { FLOAT: "float32", DOUBLE: "float64" };
    for (const number of numbers) {
      const name = TensorProto_DataType[number] as string;
      const expected =
        name === "UNDEFINED" ? undefined : (names[name] ?? name.toLowerCase().replaceAll("_", ""));
      expect([name, dtypeOf(number)]).toEqual([name, expected]);
    }
    expect(numbers).toHaveLength(27);
  });

  // onnx.proto, comments of TensorProto: the field that holds the elements of each type outside of raw_data.
  const fields: Record<string, keyof TensorInit> = {
    float32: "floatData",
    complex64: "floatData",
    float64: "doubleData",
    complex128: "doubleData",
    int64: "int64Data",
    uint64: "uint64Data",
    uint32: "uint64Data",
  };

  /** The elements of a typed field as bytes, element by element through a DataView. */
  function written(dtype: DType, values: readonly number[]): Uint8Array {
    const size =
      dtype === "complex64" || dtype === "complex128" ? bitsOf(dtype) / 16 : Math.ceil(bitsOf(dtype) / 8);
    const view = new DataView(new ArrayBuffer(values.length * size));
    values.forEach((value, i) => {
      if (dtype === "float32" || dtype === "complex64") view.setFloat32(i * 4, value, true);
      else if (dtype === "float64" || dtype === "complex128") view.setFloat64(i * 8, value, true);
      else if (size === 8) view.setBigInt64(i * 8, BigInt(value), true);
      else if (size === 4) view.setInt32(i * 4, value, true);
      else if (size === 2) view.setInt16(i * 2, value, true);
      else view.setInt8(i, value);
    });
    return new Uint8Array(view.buffer);
  }

  const withData = numbers
    .map((each) => dtypeOf(each))
    .filter((each) => each !== undefined && each !== "string");
  it.each(withData as DType[])("%s: raw and typed elements are the same bytes", (dtype) => {
    const field = fields[dtype] ?? "int32Data";
    const signed = /^int/.test(dtype);
    const values =
      dtype.startsWith("uint64") || dtype === "uint32" ? [0, 1, 300, 4e9] : [0, 1, 2, signed ? -1 : 3];
    const parts = dtype.startsWith("complex") ? 2 : 1;
    const perEntry = bitsOf(dtype) < 8 ? 8 / bitsOf(dtype) : 1;
    const count = (values.length / parts) * perEntry;
    const bytes = written(dtype, values);
    const wide = field === "int64Data" || field === "uint64Data";
    const head = { dataType: onnxNumber(dtype), dims: [BigInt(count)] };

    const typed = weightOf({ ...head, [field]: wide ? values.map(BigInt) : values });
    expect(typed).toMatchObject({ dtype, shape: [count], byteLength: bytes.byteLength });
    expect([...typed.bytes()]).toEqual([...bytes]);
    const inRaw = weightOf({ ...head, rawData: bytes as Uint8Array<ArrayBuffer> });
    expect([...inRaw.bytes()]).toEqual([...bytes]);
    // The kept message does not hold the data a second time.
    for (const { source } of [typed, inRaw]) {
      expect(source?.rawData.byteLength).toBe(0);
      expect(source?.[field as "floatData"]).toEqual([]);
    }
    const file = encodeModel(
      decodeModel(fileOf(small({ name: "w", ...head, [field]: wide ? values.map(BigInt) : values }))),
    );
    expect([...(decodeModel(file).graph.constants.get("w") as Constant).bytes()]).toEqual([...bytes]);

    const wrong = sentence(() => weightOf({ ...head, rawData: new Uint8Array(bytes.byteLength + 1) }));
    expect(wrong).toBe(
      `model: tensor w holds ${bytes.byteLength + 1} bytes, expected ${bytes.byteLength} for ${dtype}[${count}]`,
    );
    expect(sentence(() => weightOf(head))).toContain(`holds 0 bytes, expected ${bytes.byteLength}`);
  });

  it("bits beyond 2^53 survive", () => {
    const values = [2n ** 63n - 1n, -(2n ** 63n)];
    const found = weightOf({ dataType: 7, dims: [2n], int64Data: values });
    expect([...new BigInt64Array(found.bytes().slice().buffer)]).toEqual(values);
  });

  it("ragged sub-byte tensors", () => {
    expect(weightOf({ dataType: 26, dims: [5n], rawData: Uint8Array.of(1, 2) }).byteLength).toBe(2);
    expect(weightOf({ dataType: 21, dims: [3n, 1n], int32Data: [0x21, 0x3] }).bytes()).toEqual(
      Uint8Array.of(0x21, 3),
    );
  });

  it("strings, and how many", () => {
    const words = weightOf({ dataType: 8, dims: [2n], stringData: [text("a"), text("b")] });
    expect(words.byteLength).toBe(0);
    expect(words.source?.stringData).toEqual([text("a"), text("b")]);
    expect(sentence(() => weightOf({ dataType: 8, dims: [3n], stringData: [text("a")] }))).toBe(
      "model: tensor w holds 1 strings, expected 3 for [3]",
    );
  });

  it("raw data is a view into the file", () => {
    const file = fileOf(small());
    const model = decodeModel(file);
    expect(model.graph.constants.get("w")?.bytes().buffer).toBe(file.buffer);
  });

  it("an unknown data type", () => {
    expect(sentence(() => weightOf({ dataType: 77, dims: [1n], rawData: new Uint8Array(1) }))).toBe(
      "model: tensor w has data type 77, expected one of ONNX 1.20",
    );
    expect(sentence(() => weightOf({ dims: [1n] }))).toContain("has data type 0");
    const node = {
      opType: "Constant",
      output: ["c"],
      attribute: [{ name: "value", type: Kind.TENSOR, t: { dataType: 77 } }],
    };
    const proto = create(ModelProtoSchema, { graph: { node: [node] } });
    expect(sentence(() => decodeModel(fileOf(proto)))).toBe(
      "model: tensor of a Constant node has data type 77, expected one of ONNX 1.20",
    );
  });
});

describe("dimensions are judged before anything is allocated", () => {
  it.each([
    ["negative", [2n, -1n], "has shape [2, -1], expected dimensions that fit in memory"],
    ["two that cancel", [-2n, -2n], "has shape [-2, -2], expected dimensions that fit in memory"],
    ["a product beyond 2^53", [2n ** 31n, 2n ** 31n], "expected dimensions that fit in memory"],
    ["one beyond 2^53", [2n ** 62n], "expected dimensions that fit in memory"],
    [
      "beyond infinity",
      Array.from({ length: 40 }, () => 2n ** 62n),
      "expected dimensions that fit in memory",
    ],
    ["large, and not there", [2n ** 40n, 2n ** 10n], `holds 4 bytes, expected ${2 ** 52}`],
  ])("%s", (_, dims, message) => {
    expect(sentence(() => weightOf({ dataType: 1, dims, rawData: new Uint8Array(4) }))).toContain(message);
  });

  it("nothing times anything is nothing", () => {
    expect(weightOf({ dataType: 1, dims: [0n, 2n ** 40n] })).toMatchObject({
      byteLength: 0,
      shape: [0, 2 ** 40],
    });
  });

  it("strings of a huge shape", () => {
    expect(sentence(() => weightOf({ dataType: 8, dims: [2n ** 50n] }))).toContain("holds 0 strings");
  });
});

describe("external data", () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => i);
  const external = (name: string) => (name === "w.bin" ? bytes : undefined);
  const at = (entries: Record<string, string>, dims = [2n]): TensorInit => ({
    dataType: 1,
    dims,
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
  });

  it("is read where offset and length say", () => {
    const read = (entries: Record<string, string>) => [...weightOf(at(entries), { external }).bytes()];
    expect(read({ location: "w.bin" })).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(read({ location: "w.bin", offset: "32" })).toEqual([32, 33, 34, 35, 36, 37, 38, 39]);
    expect(read({ location: "w.bin", offset: "3", length: "8", checksum: "?" })).toEqual([
      3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    expect(weightOf(at({ location: "w.bin", offset: "8" }), { external }).bytes().buffer).toBe(bytes.buffer);
  });

  it("is written inline", () => {
    const file = encodeModel(
      decodeModel(fileOf(small({ name: "w", ...at({ location: "w.bin", offset: "4" }) })), { external }),
    );
    const again = decodeModel(file).graph.constants.get("w") as Constant;
    expect([...again.bytes()]).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    expect(again.source?.externalData).toEqual([]);
  });

  it("of a Constant node is written inline too", () => {
    const t = { ...at({ location: "w.bin" }), name: "held" };
    const proto = create(ModelProtoSchema, {
      graph: {
        node: [{ opType: "Constant", output: ["c"], attribute: [{ name: "value", type: Kind.TENSOR, t }] }],
      },
    });
    const again = decodeModel(encodeModel(decodeModel(fileOf(proto), { external })));
    const value = again.graph.nodes[0]?.attributes.get("value");
    expect(value?.type === "tensor" && [...value.value.bytes()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it.each([
    [{ location: "other.bin" }, 'is in the external file "other.bin", expected that file beside the model'],
    [{}, 'is in the external file "", expected that file beside the model'],
    [
      { location: "w.bin", offset: "33" },
      'is at bytes 33 to 41 of "w.bin" (40 bytes), expected 8 bytes inside the file',
    ],
    [
      { location: "w.bin", offset: "-1" },
      'is at bytes -1 to 7 of "w.bin" (40 bytes), expected 8 bytes inside the file',
    ],
    [
      { location: "w.bin", length: "7" },
      'is at bytes 0 to 7 of "w.bin" (40 bytes), expected 8 bytes inside the file',
    ],
    [{ location: "w.bin", length: "-8" }, "expected 8 bytes inside the file"],
    [{ location: "w.bin", offset: "soon" }, "expected 8 bytes inside the file"],
    [{ location: "w.bin", length: "many" }, "expected 8 bytes inside the file"],
    [{ location: "w.bin", offset: "1.5" }, "expected 8 bytes inside the file"],
    [{ location: "w.bin", offset: "1e300" }, "expected 8 bytes inside the file"],
  ] as [Record<string, string>, string][])("%o is refused", (entries, message) => {
    expect(sentence(() => weightOf(at(entries), { external, name: "net.onnx" }))).toContain(
      `net.onnx: tensor w ${message.startsWith("is") ? message : "is at bytes"}`,
    );
    expect(sentence(() => weightOf(at(entries), { external }))).toContain(message);
  });

  it("without any files at all", () => {
    expect(sentence(() => weightOf(at({ location: "w.bin" })))).toContain(
      "expected that file beside the model",
    );
  });
});

describe("files that are no models", () => {
  const bytesOf = (...parts: (string | number)[]) =>
    Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...text(part)] : [part])));
  const rest = "................";

  it.each([
    ["nothing", bytesOf(), "an empty file"],
    ["PNG", bytesOf(0x89, "PNG\r\n", 0x1a, "\n", rest), "a PNG image"],
    ["JPEG", bytesOf(0xff, 0xd8, 0xff, 0xe0, rest), "a JPEG image"],
    ["GIF", bytesOf("GIF89a", rest), "a GIF image"],
    ["zip", bytesOf("PK", 3, 4, rest), "a zip archive (a PyTorch file?)"],
    ["HDF5", bytesOf(0x89, "HDF\r\n", 0x1a, "\n"), "an HDF5 file (a Keras model?)"],
    ["NumPy", bytesOf(0x93, "NUMPY", 1, 0), "a NumPy array"],
    ["PDF", bytesOf("%PDF-1.7"), "a PDF document"],
    ["gzip", bytesOf(0x1f, 0x8b, 8, rest), "a gzip archive"],
    ["GGUF", bytesOf("GGUF", 3, 0, 0, 0), "a GGUF file"],
    ["HTML", bytesOf("<!DOCTYPE html><html>"), "an HTML or XML document"],
    ["JSON", bytesOf('{"error": "not found"}'), "a JSON document"],
    ["TensorFlow Lite", bytesOf(0x1c, 0, 0, 0, "TFL3", rest), "a TensorFlow Lite model"],
    ["prose", bytesOf("Hello, world. This is no model at all."), "not a protobuf message"],
    ["zeros", new Uint8Array(64), "not a protobuf message"],
    ["another protobuf", bytesOf(0x82, 0x06, 0x03, "abc"), "no graph inside"],
    ["a version and no more", bytesOf(0x08, 0x07), "no graph inside"],
  ])("%s", (_, bytes, what) => {
    expect(sentence(() => decodeModel(bytes, { name: "file.bin" }))).toMatch(
      new RegExp(`^file\\.bin: ${what.replace(/[()?]/g, "\\$&")}, expected an ONNX model$`),
    );
  });

  it("a graph with nothing in it", () => {
    const proto = create(ModelProtoSchema, { irVersion: 8n, graph: { name: "g" } });
    expect(sentence(() => decodeModel(fileOf(proto)))).toBe(
      "model: an empty graph, expected an ONNX model with nodes and outputs",
    );
  });

  it("a file that breaks off", () => {
    const file = fileOf(small());
    expect(sentence(() => decodeModel(file.subarray(0, file.byteLength - 3), { name: "half.onnx" }))).toBe(
      `half.onnx: the file ends early or is damaged (${file.byteLength - 3} bytes), expected a whole ONNX model`,
    );
  });

  it.each([
    ["small", fileOf(small())],
    ["everything", fileOf(everything())],
    ["everything, as we write it", encodeModel(decodeModel(fileOf(everything())))],
  ])("%s, cut anywhere, is refused or whole", (_, file) => {
    let whole = 0;
    for (let end = 0; end < file.byteLength; end++) {
      const answer = sentence(() => decodeModel(file.subarray(0, end)));
      if (answer === "no error") whole++;
      else expect(answer).toMatch(/^model: [^\n]+, expected [^\n]+$/);
    }
    // Whole only where the cut falls between fields of the model that come after its graph.
    expect(whole).toBeLessThanOrEqual(8);
  });
});

describe("nesting", () => {
  const nested = (depth: number): ModelProto => {
    let g: GraphProto | undefined;
    for (let i = 0; i < depth; i++) {
      const attribute = g ? [{ name: "body", type: Kind.GRAPH, g }] : [];
      g = create(GraphProtoSchema, { name: `g${i}`, node: [{ opType: "If", attribute }] });
    }
    return create(ModelProtoSchema, { irVersion: 8n, ...(g && { graph: g }) });
  };
  const depthOf = (graph: Graph): number =>
    1 + Math.max(0, ...graph.nodes.flatMap((node) => subgraphsOf(node).map(([, body]) => depthOf(body))));

  it("reads graphs within graphs", () => {
    const model = decodeModel(fileOf(nested(30)));
    expect(depthOf(model.graph)).toBe(30);
    expect(depthOf(decodeModel(encodeModel(model)).graph)).toBe(30);
  });

  it("refuses a depth that no network has", () => {
    expect(sentence(() => decodeModel(fileOf(nested(60))))).toBe(
      "model: messages nested over 100 deep, expected a model with fewer inner graphs",
    );
    // Made by hand: 50 000 graphs, each in an attribute of a node of the next.
    const record = (field: number, length: number) => {
      const bytes = [(field << 3) | 2];
      for (let rest = length; ; rest = Math.floor(rest / 128)) {
        bytes.push(rest < 128 ? rest : (rest % 128) | 128);
        if (rest < 128) return bytes;
      }
    };
    const heads: number[][] = [];
    let length = 0;
    for (let i = 0; i < 50_000; i++) {
      for (const field of [6, 5, 1]) {
        const head = record(field, length);
        heads.push(head);
        length += head.length;
      }
    }
    heads.push(record(7, length));
    const file = Uint8Array.from([0x08, 0x08, ...heads.reverse().flat()]);
    expect(sentence(() => decodeModel(file))).toContain("nested over 100 deep");
    // Groups, which ONNX has none of, within groups.
    const groups = Uint8Array.from([0x08, 0x08, ...new Array<number>(100_000).fill(0xf3)]);
    expect(sentence(() => decodeModel(groups))).toMatch(/^model: /);
  });
});

describe("damaged files", () => {
  const files = [fileOf(small()), fileOf(everything()), encodeModel(decodeModel(fileOf(everything())))];
  const random = seededRandom(2024);
  const pick = (count: number) => Math.floor(random() * count);

  function damage(file: Uint8Array): Uint8Array {
    const bytes = file.slice();
    for (let edits = 1 + pick(4); edits > 0; edits--) {
      const at = pick(bytes.byteLength);
      const how = pick(4);
      if (how === 0) bytes[at] = pick(256);
      else if (how === 1) bytes[at] = (bytes[at] as number) ^ (1 << pick(8));
      else if (how === 2) bytes.copyWithin(at, pick(bytes.byteLength), pick(bytes.byteLength));
      else bytes.fill(0xff, at, at + 1 + pick(9)); // long varints: huge lengths and dims
    }
    return random() < 0.2 ? bytes.subarray(0, pick(bytes.byteLength)) : bytes;
  }

  it.each(["small", "everything", "everything, as we write it"])("%s", (name) => {
    const file = files[["small", "everything", "everything, as we write it"].indexOf(name)] as Uint8Array;
    const external = () => new Uint8Array(64);
    let models = 0;
    for (let trial = 0; trial < 1200; trial++) {
      const bytes = damage(file);
      const seen: string[] = [];
      const answer = sentence(() => {
        const { graph } = decodeModel(bytes, { external });
        for (const constant of graph.constants.values()) {
          seen.push(constant.name);
          // What it says of its length is so: nothing claims bytes that are not there.
          expect(constant.bytes().byteLength).toBe(constant.byteLength);
          expect(constant.byteLength).toBe(byteLengthOf(constant.dtype, sizeOf(constant.shape)));
        }
        const ids = new Set<string>();
        const visit = (each: Graph) => {
          for (const node of each.nodes) {
            expect(ids.has(node.id)).toBe(false);
            ids.add(node.id);
            for (const [, body] of subgraphsOf(node)) visit(body);
          }
        };
        visit(graph);
      });
      if (answer === "no error") models++;
      else expect(answer).toMatch(/^model: [^\n\r]{5,500}$/);
    }
    // Neither all nor none: the damage reaches data as well as structure.
    expect(models).toBeGreaterThan(100);
    expect(models).toBeLessThan(1100);
  });

  it("noise", () => {
    for (let trial = 0; trial < 500; trial++) {
      const bytes = Uint8Array.from({ length: 1 + pick(200) }, () => pick(256));
      if (random() < 0.5) bytes.set([0x08, 0x07, 0x3a].slice(0, bytes.byteLength));
      expect(sentence(() => decodeModel(bytes))).toMatch(/^(model: [^\n\r]+, expected [^\n\r]+|no error)$/);
    }
  });
});

it("a sentence stays one line, whatever the file calls its tensors", () => {
  const tensor = { ...raw("a\n\tb\u0000c", [3], [1]), dataType: 77 };
  expect(sentence(() => decodeModel(fileOf(small(tensor))))).toBe(
    "model: tensor a b c has data type 77, expected one of ONNX 1.20",
  );
  expect(sentence(() => decodeModel(fileOf(small({ ...tensor, name: "x".repeat(1e6) })))).length).toBe(500);
});

it("raw is float32", () => {
  expect([...weightOf(raw("w", [2], [1, 2])).bytes()]).toEqual([0, 0, 128, 63, 0, 0, 0, 64]);
});
