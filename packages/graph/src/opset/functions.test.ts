import { create } from "@bufbuild/protobuf";
import { FunctionProtoSchema, type ModelProto, ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { raiseFunctions } from "./functions.ts";

function modelWith(opType: string, domain = "", version = 12n): ModelProto {
  const node = { opType, domain, input: ["a"], output: ["b"] };
  const opsetImport = [
    { domain: "", version },
    { domain: "com.example", version: 1n },
  ];
  return create(ModelProtoSchema, {
    functions: [create(FunctionProtoSchema, { name: "F", node: [node], opsetImport })],
  });
}

describe("model-local functions", () => {
  it("import the new opset where it means the same to them", () => {
    const raised = raiseFunctions(modelWith("Relu"), 21);
    expect(raised.functions[0]?.opsetImport.map((each) => each.version)).toEqual([21n, 1n]);
    const other = raiseFunctions(modelWith("Softmax", "com.example"), 21);
    expect(other.functions[0]?.opsetImport[0]?.version).toBe(21n);
  });

  it("stay where they are newer, or there are none", () => {
    const newer = modelWith("Softmax", "", 22n);
    expect(raiseFunctions(newer, 21)).toBe(newer);
    const none = create(ModelProtoSchema);
    expect(raiseFunctions(none, 21)).toBe(none);
  });

  it("are refused where an op would have to be converted", () => {
    expect(() => raiseFunctions(modelWith("Softmax"), 21)).toThrowErrorMatchingInlineSnapshot(
      `[Unsupported: function F: Softmax of opset 12 inside, expected ops that opset 21 did not change]`,
    );
  });
});
