import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type FunctionProtoSchema, AttributeProto_AttributeType as Kind, ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { decodeModel } from "../decode.ts";
import { opsetOf } from "../graph.ts";
import { print } from "../print.ts";
import { inlineFunctions } from "./inline.ts";

type FunctionInit = MessageInitShape<typeof FunctionProtoSchema>;

const opsets = (version = 17) => [
  { domain: "", version: BigInt(version) },
  { domain: "own", version: 1n },
];
const call = (opType: string, input: string[], output: string[], more = {}) => ({
  opType,
  domain: "own",
  input,
  output,
  ...more,
});
const plain = (opType: string, input: string[], output: string[], more = {}) => ({
  opType,
  input,
  output,
  ...more,
});

function modelOf(node: ReturnType<typeof call>[], functions: FunctionInit[], version = 17) {
  const proto = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: opsets(version),
    functions,
    graph: { name: "g", node, input: [{ name: "x" }], output: [{ name: "y" }] },
  });
  return decodeModel(toBinary(ModelProtoSchema, proto));
}

describe("inlineFunctions", () => {
  it("puts bodies in place of calls, each under names of its own, with attributes given, default or left out", () => {
    const leak: FunctionInit = {
      domain: "own",
      name: "Leak",
      input: ["a", "unused"],
      output: ["o"],
      attribute: ["axis"],
      attributeProto: [{ name: "slope", type: Kind.FLOAT, f: 0.25 }],
      opsetImport: opsets(),
      node: [
        plain("LeakyRelu", ["a"], ["t"], {
          attribute: [{ name: "alpha", refAttrName: "slope", type: Kind.FLOAT }],
        }),
        plain("Softmax", ["t"], ["o"], {
          attribute: [{ name: "axis", refAttrName: "axis", type: Kind.INT }],
        }),
      ],
    };
    const twice: FunctionInit = {
      domain: "own",
      name: "Twice",
      input: ["a"],
      output: ["o", "a"],
      opsetImport: opsets(),
      node: [
        call("Leak", ["a"], ["m"]),
        call("Leak", ["m"], ["o"], {
          attribute: [
            { name: "slope", type: Kind.FLOAT, f: 2 },
            { name: "axis", type: Kind.INT, i: 0n },
          ],
        }),
      ],
    };
    const model = inlineFunctions(
      modelOf([call("Twice", ["x"], ["y", "same"], { name: "n" })], [leak, twice]),
    );
    expect(model.source?.functions).toEqual([]);
    expect(print(model.graph)).toMatchInlineSnapshot(`
      "graph g (x: ?) {
        n/Leak_0/t = LeakyRelu(x) {alpha=0.25}
        n/m = Softmax(n/Leak_0/t)
        n/Leak_1/t = LeakyRelu(n/m) {alpha=2}
        y = Softmax(n/Leak_1/t) {axis=0}
        same = Identity(x)
        return y: ?
      }"
    `);
    expect(model.graph.nodes.map((node) => node.id)).toMatchInlineSnapshot(`
      [
        "n/Leak_0/LeakyRelu_0",
        "n/Leak_0/Softmax_1",
        "n/Leak_1/LeakyRelu_0",
        "n/Leak_1/Softmax_1",
        "n/a",
      ]
    `);
  });

  it("tells overloads apart", () => {
    const of = (overload: string, opType: string): FunctionInit => ({
      domain: "own",
      name: "F",
      overload,
      input: ["a"],
      output: ["o"],
      opsetImport: opsets(),
      node: [plain(opType, ["a"], ["o"])],
    });
    const node = [call("F", ["x"], ["m"], { overload: "b" }), call("F", ["m"], ["y"])];
    const { graph } = inlineFunctions(modelOf(node, [of("", "Exp"), of("b", "Neg")]));
    expect(graph.nodes.map(({ op }) => op)).toEqual(["Neg", "Exp"]);
  });

  it("raises a function or the model, whichever is older", () => {
    const squeeze: FunctionInit = {
      domain: "own",
      name: "F",
      input: ["a"],
      output: ["o"],
      opsetImport: opsets(11),
      node: [plain("Squeeze", ["a"], ["o"], { attribute: [{ name: "axes", type: Kind.INTS, ints: [0n] }] })],
    };
    const raised = inlineFunctions(modelOf([call("F", ["x"], ["y"])], [squeeze]));
    expect(raised.graph.nodes.map(({ op }) => op)).toEqual(["Constant", "Squeeze"]);
    const newer = { ...squeeze, opsetImport: opsets(18), node: [plain("Exp", ["a"], ["o"])] };
    expect(opsetOf(inlineFunctions(modelOf([call("F", ["x"], ["y"])], [newer])))).toBe(18);
  });

  it("refuses one that calls itself, and ones that would fill memory", () => {
    const of = (name: string, node: FunctionInit["node"]): FunctionInit => ({
      domain: "own",
      name,
      input: ["a"],
      output: ["o"],
      opsetImport: opsets(),
      node: node ?? [],
    });
    const start = [call("F0", ["x"], ["y"])];
    const itself = of("F0", [call("F0", ["a"], ["o"])]);
    expect(() => inlineFunctions(modelOf(start, [itself]))).toThrowErrorMatchingInlineSnapshot(
      `[InvalidModel: function own.F0: calls itself, expected functions that end]`,
    );
    const doubling = Array.from({ length: 40 }, (_, i) =>
      of(
        `F${i}`,
        i === 39
          ? [plain("Exp", ["a"], ["o"])]
          : [call(`F${i + 1}`, ["a"], ["m"]), call(`F${i + 1}`, ["m"], ["o"])],
      ),
    );
    expect(() => inlineFunctions(modelOf(start, doubling))).toThrowErrorMatchingInlineSnapshot(
      `[InvalidModel: function own.F20: over 262144 nodes when inlined, expected functions that fit in memory]`,
    );
  });

  it("leaves a model without functions as it is", () => {
    const model = modelOf([call("F", ["x"], ["y"])], []);
    expect(inlineFunctions(model)).toBe(model);
  });
});
