// File → Model → file: nothing that the format can say is lost.

import { fromBinary, toJson } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { intOf, subgraphsOf } from "./attribute.ts";
import { tensorOf } from "./constant.ts";
import { decodeModel } from "./decode.ts";
import { encodedSize, encodeModel } from "./encode.ts";
import { everything, fileOf, small } from "./everything.sketch.ts";
import { type Graph, type Model, type Node, trueInputs } from "./graph.ts";
import { print } from "./print.ts";

const json = (file: Uint8Array) => toJson(ModelProtoSchema, fromBinary(ModelProtoSchema, file));

/** toEqual takes seconds for a megabyte. */
const same = (a: Uint8Array, b: Uint8Array) =>
  a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);

function nodesOf(graph: Graph): Node[] {
  return graph.nodes.flatMap((node) => [node, ...subgraphsOf(node).flatMap(([, body]) => nodesOf(body))]);
}

describe("a file with everything in it", () => {
  const file = fileOf(everything());
  const model = decodeModel(file);
  const written = encodeModel(model);

  it("comes back field by field", () => {
    expect(json(written)).toEqual(json(file));
  });

  it("is written the same from what was written", () => {
    const again = decodeModel(written);
    expect(print(again.graph)).toBe(print(model.graph));
    expect(same(encodeModel(again), written)).toBe(true);
    expect(nodesOf(again.graph).map((node) => node.id)).toEqual(nodesOf(model.graph).map((node) => node.id));
  });

  it("can be encoded more than once, and does not change the file's bytes", () => {
    const copy = file.slice();
    expect(encodeModel(model)).toEqual(encodeModel(model));
    expect(file).toEqual(copy);
  });

  it("has its exact size known", () => {
    expect(encodedSize(model)).toBe(written.byteLength);
  });

  it("reads as what it says", () => {
    expect(model).toMatchObject({ irVersion: 10, producer: { name: "hand", version: "1.2" } });
    expect([...model.opsets]).toEqual([
      ["", 21],
      ["org.example", 2],
    ]);
    expect([...model.metadata]).toEqual([
      ["author", "nobody"],
      ["empty", ""],
    ]);
    expect(trueInputs(model.graph).map((input) => input.name)).not.toContain("w0");
    expect(model.graph.inputs.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ["x", "float32", ["batch", 3, null, null]],
      ["w0", "float32", [2, 2]],
      ["condition", "bool", []],
      ["scalar", "float32", undefined],
      ["list", undefined, undefined],
      ["map", undefined, undefined],
      ["maybe", undefined, undefined],
      ["thin", undefined, undefined],
      ["future", undefined, [2]],
      ["untyped", undefined, undefined],
    ]);
    const kinds = model.graph.nodes[0] as Node;
    expect([...kinds.attributes].map(([name, { type }]) => [name, type])).toEqual([
      ["float", "float"],
      ["zero", "float"],
      ["infinite", "float"],
      ["int", "int"],
      ["string", "string"],
      ["blank", "string"],
      ["latin", "opaque"],
      ["tensor", "tensor"],
      ["floats", "floats"],
      ["ints", "ints"],
      ["no_ints", "ints"],
      ["strings", "strings"],
      ["odd_strings", "opaque"],
      ["tensors", "opaque"],
      ["sparse", "opaque"],
      ["sparses", "opaque"],
      ["type", "opaque"],
      ["types", "opaque"],
      ["old", "opaque"],
    ]);
    expect(kinds.attributes.get("ints")).toMatchObject({ value: [-(2n ** 63n), 0n, 5n] });
    expect(intOf(kinds, "int")).toBe(Number.MAX_SAFE_INTEGER);
    const constants = [...model.graph.constants.values()];
    expect(constants.map(({ name, dtype, shape, byteLength }) => [name, dtype, shape, byteLength])).toEqual([
      ["w0", "float32", [2, 2], 16],
      ["none", "int64", [0], 0],
      ["words", "string", [2], 0],
      ["one", "int64", [], 8],
      ["nibbles", "int4", [3], 2],
    ]);
    expect([...tensorOf(constants[0] as never).data]).toEqual([1, -2, 0.5, 4]);
  });

  it("keeps untouched what a rewrite does not touch", () => {
    const graph = { ...model.graph, nodes: model.graph.nodes.slice(1) };
    const rewritten = decodeModel(encodeModel({ ...model, graph }));
    expect(print(rewritten.graph)).toBe(print(graph));
    expect(rewritten.source?.functions).toEqual(decodeModel(written).source?.functions);
  });
});

describe("what a rewrite changes is what is written", () => {
  const base = decodeModel(fileOf(everything()));
  const rewritten = (change: (node: Node) => Node): Node => {
    const nodes = base.graph.nodes.map((node, i) => (i === 0 ? change(node) : node));
    return decodeModel(encodeModel({ ...base, graph: { ...base.graph, nodes } })).graph.nodes[0] as Node;
  };

  it("a node's op, domain, name, inputs and outputs", () => {
    const changed = rewritten((node) => ({
      ...node,
      op: "Relu",
      domain: "",
      name: "",
      inputs: ["x"],
      outputs: ["y0"],
      attributes: new Map(),
    }));
    expect(changed).toMatchObject({ op: "Relu", domain: "", name: "", inputs: ["x"], outputs: ["y0"] });
    expect(changed.attributes.size).toBe(0);
    expect(rewritten((node) => ({ ...node, domain: "com.microsoft" })).domain).toBe("com.microsoft");
  });

  it("a model's versions, producer and metadata", () => {
    const model: Model = {
      ...base,
      irVersion: 11,
      opsets: new Map([["", 23]]),
      producer: { name: "", version: "" },
      metadata: new Map([["only", "this"]]),
    };
    const again = decodeModel(encodeModel(model));
    expect(again.irVersion).toBe(11);
    expect([...again.opsets]).toEqual([["", 23]]);
    expect(again.producer).toEqual({ name: "", version: "" });
    expect([...again.metadata]).toEqual([["only", "this"]]);
  });
});

it("ai.onnx is the empty domain's other name", () => {
  const proto = small();
  proto.opsetImport[0] = { ...proto.opsetImport[0], domain: "ai.onnx" } as (typeof proto.opsetImport)[0];
  const first = proto.graph?.node[0];
  if (first) first.domain = "ai.onnx";
  const model = decodeModel(fileOf(proto));
  expect([...model.opsets]).toEqual([["", 17]]);
  expect(model.graph.nodes[0]?.domain).toBe("");
  const again = decodeModel(encodeModel(model));
  expect([...again.opsets]).toEqual([["", 17]]);
  expect(again.graph.nodes[0]?.domain).toBe("");
});

// The package compiles without Node's types; only this test reads files.
const fs = (await import("node:fs" as string)) as {
  existsSync(path: string): boolean;
  readdirSync(path: string): string[];
  readFileSync(path: string): Uint8Array;
};
const folder = `${(import.meta as unknown as { dirname: string }).dirname}/../../../../shared/models`;
const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith(".onnx")) : [];

describe.skipIf(names.length === 0)(
  "real networks (skipped without shared/models beside the repository)",
  () => {
    it.each(names)("%s", (name) => {
      const file = new Uint8Array(fs.readFileSync(`${folder}/${name}`));
      const model = decodeModel(file, { name });
      const written = encodeModel(model);
      const again = decodeModel(written, { name });
      expect(print(again.graph)).toBe(print(model.graph));
      // A file may hold weights in several ways, so their bytes are compared, and the rest field by field.
      for (const [key, constant] of model.graph.constants) {
        const other = again.graph.constants.get(key);
        const [a, b] = [constant.bytes(), other?.bytes() ?? new Uint8Array(0)];
        expect([key, same(a, b)]).toEqual([key, true]);
      }
      const rest = (bytes: Uint8Array) => {
        const proto = fromBinary(ModelProtoSchema, bytes);
        if (proto.graph) proto.graph.initializer = [];
        for (const entry of proto.opsetImport) if (entry.domain === "ai.onnx") entry.domain = "";
        return JSON.stringify(toJson(ModelProtoSchema, proto)).replaceAll('"domain":"",', "");
      };
      expect(rest(written) === rest(file)).toBe(true);
      expect(same(encodeModel(again), written)).toBe(true);
    });
  },
);
