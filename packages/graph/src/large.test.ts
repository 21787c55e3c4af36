// Files that are not read whole: the structure alone, tensors in ranges, external data in and out.

import { tensor } from "@bitscape/tensor";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { tensorAttribute } from "./attribute.ts";
import * as build from "./build.ts";
import type { ByteSource } from "./bytes.ts";
import { nonFinite } from "./check.ts";
import { type Constant, constantOf, lazyConstant, partsOf } from "./constant.ts";
import { decodeModel } from "./decode.ts";
import { encodedSize, encodedSizes, encodeFiles, encodeModel } from "./encode.ts";
import type { Model } from "./graph.ts";
import { varintOf } from "./skim.ts";

/** A source that knows how much was read of it, and in what lengths. */
class Counted implements ByteSource {
  readonly #bytes: Uint8Array;
  longest = 0;
  total = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  read(from: number, to: number): Uint8Array {
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeLessThanOrEqual(this.#bytes.byteLength);
    this.longest = Math.max(this.longest, to - from);
    this.total += to - from;
    return this.#bytes.slice(from, to);
  }
}

const ROWS = 1100;
const ramp = (seed: number, count: number) => Float32Array.from({ length: count }, (_, i) => (i % 97) - seed);

/** Three matrices of 4.8 MB, one of them of a Constant node, one in a branch of an If; and small ones. */
function bigModel(): Model {
  const big = (name: string, seed: number) =>
    constantOf(name, tensor("float32", [ROWS, ROWS], ramp(seed, ROWS * ROWS)));
  const small = constantOf("small", tensor("float32", [3], [1, 2, 3]));
  const branch = (name: string) =>
    build.graph({
      name,
      nodes: [build.node("Identity", [`${name}.w`], [`${name}.y`])],
      inputs: [],
      outputs: [build.value(`${name}.y`, "float32", [ROWS, ROWS])],
      constants: [big(`${name}.w`, 7)],
    });
  const nodes = [
    build.node("Constant", [], ["held"], { value: tensorAttribute(big("", 5)) }),
    build.node("MatMul", ["x", "w"], ["a"], {}, "first"),
    build.node("MatMul", ["a", "held"], ["b"], {}, "second"),
    build.node("If", ["c"], ["d"], {
      then_branch: { type: "graph", value: branch("then") },
      else_branch: { type: "graph", value: branch("else") },
    }),
    build.node("MatMul", ["b", "d"], ["y"], {}, "third"),
  ];
  const inputs = [build.value("x", "float32", [1, ROWS]), build.value("c", "bool", [])];
  const outputs = [build.value("y", "float32", [1, ROWS])];
  return build.model(build.graph({ nodes, constants: [big("w", 3), small], inputs, outputs }), 17);
}

/** Arrays of megabytes, compared without being printed. */
function same(found: Uint8Array, expected: Uint8Array): boolean {
  return found.byteLength === expected.byteLength && found.every((byte, i) => byte === expected[i]);
}

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const file = encodeModel(bigModel());

describe("a file larger than is read whole", () => {
  it("is known after reading its structure, and written again byte for byte", () => {
    expect(file.byteLength).toBeGreaterThan(2 ** 24);
    const source = new Counted(file);
    const model = decodeModel(source);
    expect(source.total).toBeLessThan(2 ** 20);
    expect(source.longest).toBeLessThan(2 ** 17);
    expect(encodedSize(model)).toBe(file.byteLength);
    const again = encodeModel(model);
    expect(same(again, file)).toBe(true);
    expect(same(encodeModel(decodeModel(file)), file)).toBe(true);
  });

  it("gives ranges of its tensors", () => {
    const { constants } = decodeModel(new Counted(file)).graph;
    const w = constants.get("w") as Constant;
    expect(new Float32Array(w.range?.(400, 408).slice().buffer ?? [])).toEqual(
      ramp(3, ROWS * ROWS).slice(100, 102),
    );
    expect(constants.get("small")?.range).toBeUndefined();
  });

  it.each([0.3, 0.6, 0.999])("cut to %f of its length: the same sentence as when read whole", (part) => {
    const cut = file.slice(0, Math.floor(part * file.byteLength));
    const sentence = (source: Uint8Array | ByteSource) => {
      try {
        decodeModel(source, { name: "cut.onnx" });
        return "none";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(sentence(new Counted(cut))).toBe(sentence(cut));
    expect(sentence(cut)).toContain("cut.onnx: the file ends early");
  });

  it("says what its source says where that cannot be read", () => {
    const gone: ByteSource = {
      byteLength: file.byteLength,
      read: (from, to) => {
        if (from > 100) throw new Error("big.onnx: has changed, expected it as it was");
        return file.slice(from, to);
      },
    };
    expect(() => decodeModel(gone)).toThrow("big.onnx: has changed, expected it as it was");
  });

  it("refuses raw data given twice, which only one tensor could have", () => {
    // TensorProto.raw_data = 9 again, behind the first within the last initializer of a model of one.
    const one = build.graph({
      nodes: [build.node("Identity", ["w"], ["y"])],
      inputs: [],
      outputs: [build.value("y", "float32")],
      constants: [constantOf("w", tensor("float32", [5e6], new Float32Array(5e6)))],
    });
    const model = fromBinary(ModelProtoSchema, encodeModel(build.model(one, 17)));
    expect(model.graph?.initializer[0]?.rawData.byteLength).toBe(2e7);
    const raw = joined([0x4a, 0x80, 0x40], new Uint8Array(8192));
    const dims = [0x08, 0x80, 0x10, 0x10, 0x01, 0x42, 0x01, 0x76]; // dims 2048, float, name v
    const message = (tag: number, fields: Uint8Array) => joined([tag], varintOf(fields.length), fields);
    const graph = message(0x3a, message(0x2a, joined(dims, raw, raw)));
    const whole = joined(encodeModel(build.model(one, 17)), graph);
    expect(() => decodeModel(new Counted(whole), { name: "twice.onnx" })).toThrow(
      "twice.onnx: 1 large tensors given twice, expected each once",
    );
  });
});

describe("external data", () => {
  async function written(model: Model, location = "net.onnx.data") {
    const files = { model: [] as Uint8Array[], data: [] as Uint8Array[] };
    for await (const { to, bytes } of encodeFiles(model, { location, between: async () => {} }))
      files[to].push(bytes.slice());
    return { model: joined(...files.model), data: joined(...files.data) };
  }

  it("is written beside the model at aligned offsets, in sizes known before, and read back", async () => {
    const medium = constantOf("medium", tensor("float32", [300], ramp(1, 300)));
    const whole = bigModel();
    const constants = new Map([["medium", medium], ...whole.graph.constants]);
    const model = { ...whole, graph: { ...whole.graph, constants } };
    const { model: message, data } = await written(model);
    expect(encodedSizes(model, "net.onnx.data")).toEqual({ model: message.length, data: data.length });
    const { initializer = [] } = fromBinary(ModelProtoSchema, message).graph ?? {};
    const places = initializer.map(({ externalData }) =>
      Object.fromEntries(externalData.map(({ key, value }) => [key, value])),
    );
    expect(places).toEqual([
      { location: "net.onnx.data", offset: "0", length: "1200" },
      { location: "net.onnx.data", offset: "4096", length: String(4 * ROWS * ROWS) },
      {},
    ]);
    const source = new Counted(data);
    const asked: string[] = [];
    const again = decodeModel(message, {
      external: (location) => {
        asked.push(location);
        return source;
      },
    });
    expect(new Set(asked)).toEqual(new Set(["net.onnx.data"]));
    expect(source.total).toBe(0);
    for (const [name, each] of constants) {
      expect(same(again.graph.constants.get(name)?.bytes() ?? new Uint8Array(), each.bytes())).toBe(true);
    }
    expect(same(encodeModel(again), encodeModel(model))).toBe(true);
  });

  it("prepares each constant before its bytes, and awaits in between", async () => {
    const said: string[] = [];
    const made = (name: string): Constant => ({
      ...lazyConstant(name, "uint8", [2000], () => {
        said.push(`bytes ${name}`);
        return new Uint8Array(2000);
      }),
      prepare: async (between) => {
        said.push(`prepare ${name}`);
        await between();
      },
    });
    const graph = build.graph({ nodes: [], inputs: [], outputs: [], constants: [made("a"), made("b")] });
    let turns = 0;
    const between = async () => {
      turns++;
    };
    for await (const _ of encodeFiles(build.model(graph), { between }));
    expect(said).toEqual(["prepare a", "bytes a", "prepare b", "bytes b"]);
    expect(turns).toBe(2);
  });

  it("is missing or too short: a sentence when the model is read, not later", async () => {
    const { model, data } = await written(bigModel());
    const external = () => new Counted(data.subarray(0, 1e6));
    expect(() => decodeModel(model, { name: "net.onnx" })).toThrow(
      'net.onnx: tensor w is in the external file "net.onnx.data", expected that file beside the model',
    );
    expect(() => decodeModel(model, { name: "net.onnx", external })).toThrow(
      `net.onnx: tensor w is at bytes 0 to ${4 * ROWS * ROWS} of "net.onnx.data" (1000000 bytes), expected`,
    );
  });
});

describe("parts of a constant", () => {
  const values = ramp(0, 5e6);
  const bytes = new Uint8Array(values.buffer);

  it("are ranges where it lies in a file, and one where it is in memory", () => {
    const lazy = { ...constantOf("w", tensor("float32", [5e6], values)), range: bytes.subarray.bind(bytes) };
    expect([...partsOf(lazy)].map((part) => part.byteLength)).toEqual([2 ** 24, 2e7 - 2 ** 24]);
    expect([...partsOf(constantOf("w", tensor("float32", [5e6], values)))]).toHaveLength(1);
  });

  it("are searched for what is not finite, with its place", () => {
    const bad = values.slice();
    bad[4_900_000] = Number.NaN;
    const source = new Counted(new Uint8Array(bad.buffer));
    const lazy: Constant = {
      ...constantOf("w", tensor("float32", [5e6], bad)),
      bytes: () => {
        throw new Error("never whole");
      },
      range: (from, to) => source.read(from, to),
    };
    expect(nonFinite(lazy)).toBe("weight w: NaN at element 4900000 of 5000000, expected finite numbers");
  });
});
