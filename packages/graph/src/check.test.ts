import { bytesOf, fromNumbers, tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { graphAttribute } from "./attribute.ts";
import { graph, model, node, value } from "./build.ts";
import { checkModel, nonFinite } from "./check.ts";
import { constant, constantOf } from "./constant.ts";
import type { Model, Node } from "./graph.ts";

const x = value("x", "float32", [2]);
const with_ = (nodes: Node[], opset = 21): Model =>
  model(graph({ nodes, inputs: [x], outputs: [{ name: "y" }] }), opset);
const check = (found: Model) => checkModel(found, "net.onnx");
const relu = node("Relu", ["x"], ["y"], {}, "relu");

describe("checkModel", () => {
  test("finds nothing in a good model", () => {
    expect(check(with_([relu]))).toBeUndefined();
  });

  test("takes a model that imports ai.onnx.ml alone, and uses nothing else", () => {
    const scaler = node("Scaler", ["x"], ["y"], {}, "scaler", "ai.onnx.ml");
    expect(check({ ...with_([scaler]), opsets: new Map([["ai.onnx.ml", 3]]) })).toBeUndefined();
  });

  test.each<[string, Model, string]>([
    [
      "a foreign domain",
      with_([node("Foo", ["x"], ["y"], {}, "foo", "com.example")]),
      'node "foo": operator com.example.Foo, expected one of ai.onnx, com.microsoft or ai.onnx.ml',
    ],
    [
      "an unknown operator",
      with_([node("Foo", ["x"], ["y"], {}, "foo")]),
      'node "foo": operator Foo, expected one that ai.onnx has',
    ],
    [
      "a domain that is not imported",
      with_([node("QuickGelu", ["x"], ["y"], {}, "gelu", "com.microsoft")]),
      'node "gelu": operator com.microsoft.QuickGelu, expected the model to import com.microsoft',
    ],
    [
      "an operator that is too new",
      with_([node("Gelu", ["x"], ["y"], {}, "gelu")], 17),
      'node "gelu": operator Gelu needs opset 20, the model imports 17',
    ],
    [
      "an operator that was removed",
      with_([node("Upsample", ["x", "x"], ["y"], {}, "up")], 11),
      'node "up": operator Upsample was removed in opset 10, the model imports 11',
    ],
    ["an old opset", with_([relu], 6), "opset 6, expected 7 or later (ONNX Runtime's oldest)"],
    ["a new opset", with_([relu], 27), "opset 27, expected at most 26 (ONNX Runtime 1.30's limit)"],
    [
      "a new IR",
      { ...with_([relu]), irVersion: 14 },
      "IR version 14, expected at most 13 (ONNX Runtime 1.30's limit)",
    ],
    [
      "no import of ai.onnx",
      { ...with_([relu]), opsets: new Map([["ai.onnx.ml", 3]]) },
      "operator sets imported: ai.onnx.ml, expected ai.onnx among them",
    ],
    [
      "no outputs",
      model(graph({ nodes: [relu], inputs: [x], outputs: [] })),
      "no outputs, expected one or more",
    ],
    [
      "nodes out of order",
      with_([node("Relu", ["z"], ["y"], {}, "late"), node("Neg", ["x"], ["z"], {}, "neg")]),
      'node "late": reads "z" before node "neg" makes it, expected nodes in order',
    ],
    [
      "a value that nothing makes",
      with_([node("Relu", ["z"], ["y"], {}, "relu")]),
      'node "relu": reads "z", which nothing makes, expected an input, an initializer or an earlier node\'s output',
    ],
    [
      "a value made twice",
      with_([relu, node("Neg", ["x"], ["y"], {}, "neg")]),
      'node "neg": makes "y" again, expected one maker a value',
    ],
    [
      "an output that nothing makes",
      with_([]),
      'graph "graph": output "y" is made by no node, expected one that makes it',
    ],
  ])("names %s", (_, found, sentence) => {
    expect(check(found)).toBe(`net.onnx: ${sentence}`);
  });

  test("looks into subgraphs, which see what is around them", () => {
    const branch = (inner: Node) =>
      graphAttribute(graph({ nodes: [inner], inputs: [], outputs: [{ name: inner.outputs[0] as string }] }));
    const choice = (inner: Node) =>
      with_([
        node("Cast", ["x"], ["c"], {}, "cast"),
        node("If", ["c"], ["y"], {
          then_branch: branch(node("Relu", ["x"], ["a"])),
          else_branch: branch(inner),
        }),
      ]);
    expect(check(choice(node("Neg", ["x"], ["b"])))).toBeUndefined();
    expect(check(choice(node("Neg", ["a"], ["b"], {}, "neg")))).toContain('node "neg": reads "a"');
    expect(check(choice(node("Foo", ["x"], ["b"], {}, "foo")))).toContain('node "foo": operator Foo');
  });
});

describe("nonFinite", () => {
  const values = [1, -2, Number.NaN, Number.POSITIVE_INFINITY];

  test.each(["float32", "float64", "float16", "bfloat16"] as const)("finds NaN in %s", (dtype) => {
    const found = constantOf("conv1.w", tensor(dtype, [2, 2], values));
    expect(nonFinite(found)).toBe("weight conv1.w: NaN at element 2 of 4, expected finite numbers");
  });

  test("finds an infinity", () => {
    const found = constantOf("w", tensor("float16", [2], [1, Number.NEGATIVE_INFINITY]));
    expect(nonFinite(found)).toBe("weight w: -Infinity at element 1 of 2, expected finite numbers");
  });

  test("passes finite weights and integers", () => {
    expect(nonFinite(constantOf("w", tensor("float32", [2], [1, 3.4e38])))).toBeUndefined();
    const ones = bytesOf(fromNumbers("int16", [-1, -1]));
    expect(nonFinite(constant("w", "int16", [2], ones))).toBeUndefined();
  });
});
