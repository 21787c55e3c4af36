// The walk over a model: pins, guesses, fallbacks, measured values, subgraphs, what is missing and why.

import { tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { graphAttribute, int } from "../attribute.ts";
import { graph, model, node, value } from "../build.ts";
import { checkModel } from "../check.ts";
import { constantOf, lazyConstant } from "../constant.ts";
import type { Dim, Graph, Model, Node, ValueInfo } from "../graph.ts";
import { evaluate } from "./expression.ts";
import { infer } from "./infer.ts";
import { symbolicDims } from "./pins.ts";

const constants = (...entries: [string, number[]][]) =>
  entries.map(([name, values]) => constantOf(name, tensor("int64", [values.length], values)));

function chain(
  nodes: Node[],
  shape: Dim[],
  outputs: ValueInfo[] = [{ name: "y" }],
  extra: Partial<Graph> = {},
): Model {
  const inputs = [value("x", "float32", shape)];
  return model({ ...graph({ nodes, inputs, outputs }), ...extra });
}

const shapeOf = (found: Model, pins: Record<string, number> = {}, name = "y") =>
  infer(found, pins).values.get(name)?.shape;

describe("pins", () => {
  const relu = chain([node("Relu", ["x"], ["y"])], ["N", 3, null, "width"]);

  test("a guess stands in for what is not pinned", () => {
    expect(shapeOf(relu)).toEqual([1, 3, 224, 224]);
    expect(shapeOf(relu, { N: 4, "x:2": 10, width: 12 })).toEqual([4, 3, 10, 12]);
    expect(infer(relu, new Map([["N", 2]])).values.get("y")?.shape[0]).toBe(2);
  });

  test("each free dimension is listed once", () => {
    expect(symbolicDims(relu)).toEqual([
      { name: "N", input: "x", axis: 0, guess: 1 },
      { name: "x:2", input: "x", axis: 2, guess: 224 },
      { name: "width", input: "x", axis: 3, guess: 224 },
    ]);
  });

  test("a dimension computed from others is not free", () => {
    const inputs = [
      value("ids", "int64", ["batch", "sequence"]),
      value("past", "float32", ["batch", 2, "past_sequence", 4]),
      value("mask", "int64", ["batch", "past_sequence + sequence"]),
    ];
    const found = model(
      graph({ nodes: [node("Identity", ["mask"], ["y"])], inputs, outputs: [{ name: "y" }] }),
    );
    expect(symbolicDims(found).map(({ name, guess }) => [name, guess])).toEqual([
      ["batch", 1],
      ["sequence", 128],
      ["past_sequence", 0],
    ]);
    expect(shapeOf(found, { sequence: 5, past_sequence: 7 })).toEqual([1, 12]);
  });

  test("a weight says the channels", () => {
    const weight = lazyConstant("w", "float32", [8, 1, 3, 3], () => new Uint8Array(288));
    const conv = chain([node("Conv", ["x", "w"], ["y"])], [null, null, 9, 9], undefined, {
      constants: new Map([["w", weight]]),
    });
    expect(shapeOf(conv)).toEqual([1, 8, 7, 7]);
  });

  test("a one-element input may be pinned by its name", () => {
    const range = node("Range", ["zero", "count", "one"], ["y"]);
    const inputs = [value("count", "int64", [])];
    const scalars = [
      constantOf("zero", tensor("int64", [], [0])),
      constantOf("one", tensor("int64", [], [1])),
    ];
    const found = model(graph({ nodes: [range], inputs, outputs: [{ name: "y" }], constants: scalars }));
    expect(shapeOf(found, { count: 6 })).toEqual([6]);
    expect(infer(found).missing).toEqual([
      { node: range.id, op: "Range", reason: "input 1 (count): depends on data, expected a known value" },
    ]);
  });

  test.each([
    ["past + 1", 8],
    ["2*(past - 3)//4", 2],
    ["past", 7],
    ["batch-size", undefined],
    ["past +", undefined],
    ["past - 9", undefined],
    ["?", undefined],
  ])("%s is %s", (text, expected) => {
    expect(evaluate(text, (name) => (name === "past" ? 7 : undefined))).toBe(expected);
  });
});

describe("what a rule cannot say", () => {
  const picked = [
    node("NonMaxSuppression", ["x", "x"], ["boxes"], {}, "nms"),
    node("Cast", ["boxes"], ["y"], { to: int(1) }, "cast"),
  ];

  test("is missing, with the reason", () => {
    const found = infer(chain(picked, [1, 5, 4]));
    expect(found.missing).toEqual([
      {
        node: "nms",
        op: "NonMaxSuppression",
        reason: "number of selected boxes: depends on data, expected to be measured by a run",
      },
      { node: "cast", op: "Cast", reason: 'input "boxes" is unknown' },
    ]);
    expect(found.values.has("y")).toBe(false);
  });

  test("comes from a run", () => {
    const known = new Map([["boxes", { dtype: "int64" as const, shape: [7, 3] }]]);
    const found = infer(chain(picked, [1, 5, 4]), {}, known);
    expect(found.missing).toEqual([]);
    expect(found.values.get("y")).toEqual({ dtype: "float32", shape: [7, 3] });
  });

  test("comes from the file, where that is concrete under the pins", () => {
    const custom = node("Blur", ["x"], ["y"], {}, "blur", "com.example");
    const declared = chain([custom], ["N", 4], [value("y", "float32", ["N", 2])]);
    expect(shapeOf(declared, { N: 3 })).toEqual([3, 2]);
    const open = infer(chain([custom], ["N", 4], [value("y", "float32", ["M", 2])]));
    expect(open.missing[0]?.op).toBe("com.example.Blur");
  });

  test("is a model-local function", () => {
    const functions = [{ domain: "my", name: "Blur", node: [], opsetImport: [] }];
    const source = { functions } as unknown as NonNullable<Model["source"]>;
    const local = { ...chain([node("Blur", ["x"], ["y"], {}, "blur", "my")], [2, 4]), source };
    expect(infer(local).missing[0]?.reason).toBe("a model-local function, expected an operator");
    expect(checkModel(local, "net.onnx")).toBeUndefined();
  });

  test("is a contradiction of its inputs", () => {
    const broken = chain([node("Add", ["x", "c"], ["y"], {}, "add")], [2, 3], undefined, {
      constants: new Map(constants(["c", [1, 2]]).map((each) => [each.name, each])),
    });
    expect(infer(broken).missing[0]?.reason).toBe("shapes [2, 3] and [2], expected ones that broadcast");
  });

  test("a rule wins over what the file claims", () => {
    expect(shapeOf(chain([node("Relu", ["x"], ["y"])], [1, 4], [value("y", "float32", [128, 4])]))).toEqual([
      1, 4,
    ]);
  });
});

describe("subgraphs", () => {
  const branch = (op: string, inner: string) =>
    graphAttribute(
      graph({
        nodes: [node(op, ["x"], [inner], {}, `${op}_${inner}`)],
        inputs: [],
        outputs: [{ name: inner }],
      }),
    );
  const choice = (then: string, other: string, [a, b] = ["a", "b"]) => {
    const nodes = [
      node("If", ["c"], ["y"], { then_branch: branch(then, a), else_branch: branch(other, b) }, "if"),
    ];
    const inputs = [value("x", "float32", [2, 3]), value("c", "bool", [])];
    return model(graph({ nodes, inputs, outputs: [{ name: "y" }] }));
  };

  test("values inside branches are inferred", () => {
    const found = infer(choice("Relu", "Neg"));
    expect(found.values.get("a")?.shape).toEqual([2, 3]);
    expect(found.missing).toEqual([]);
  });

  test("branches that disagree leave the output unknown", () => {
    expect(infer(choice("Relu", "Size")).missing).toEqual([
      { node: "if", op: "If", reason: "its outputs cannot be inferred" },
    ]);
  });

  test("a name that means two shapes is not given", () => {
    expect(infer(choice("Relu", "Size", ["same", "same"])).values.has("same")).toBe(false);
  });

  test("a name of the main graph hides the same one inside", () => {
    expect(infer(choice("Size", "Size", ["x", "b"])).values.get("x")?.shape).toEqual([2, 3]);
  });

  test("a missing node says what it is within", () => {
    const found = infer(choice("Relu", "NonZero"));
    expect(found.missing[0]).toMatchObject({ op: "NonZero", within: "if" });
  });

  test("a state that grows in a loop has no shape", () => {
    const body = graph({
      nodes: [
        node("Identity", ["on"], ["still"]),
        node("Concat", ["state", "state"], ["next"], { axis: int(0) }),
      ],
      inputs: [value("i", "int64", []), value("on", "bool", []), value("state", "float32", [2])],
      outputs: [{ name: "still" }, { name: "next" }],
    });
    const loop = node("Loop", ["n", "", "x"], ["y"], { body: graphAttribute(body) }, "loop");
    const found = infer(
      chain([loop], [2], undefined, {
        constants: new Map([["n", constantOf("n", tensor("int64", [], [3]))]]),
      }),
    );
    expect(found.missing.some(({ node: id }) => id === "loop")).toBe(true);
    expect(found.values.has("next")).toBe(false);
  });
});

test("an initializer that is listed as an input keeps its own shape", () => {
  const inputs = [value("x", "float32", [2, 3]), value("w", "float32", ["K", "M"])];
  const weight = constantOf("w", tensor("float32", [3, 4], new Array<number>(12).fill(1)));
  const nodes = [node("MatMul", ["x", "w"], ["y"])];
  const old = model(graph({ nodes, inputs, outputs: [{ name: "y" }], constants: [weight] }), 8, 3);
  expect(symbolicDims(old)).toEqual([]);
  expect(infer(old).values.get("w")?.shape).toEqual([3, 4]);
  expect(shapeOf(old)).toEqual([2, 4]);
});

test("the shape arithmetic of a flattening is followed", () => {
  const nodes = [
    node("Shape", ["x"], ["s"]),
    node("Gather", ["s", "zero"], ["n"]),
    node("Concat", ["n", "minus"], ["shape"], { axis: int(0) }),
    node("Reshape", ["x", "shape"], ["y"]),
  ];
  const found = chain(nodes, ["N", 3, 4, 4], undefined, {
    constants: new Map(constants(["zero", [0]], ["minus", [-1]]).map((each) => [each.name, each])),
  });
  expect(shapeOf(found, { N: 5 })).toEqual([5, 48]);
});

describe("values that are no tensors", () => {
  test("are not missing, and what a loop computes beside them is known", () => {
    const body = graph({
      nodes: [
        node("Gather", ["x", "i"], ["row"]),
        node("Add", ["s", "row"], ["sum"]),
        node("SequenceInsert", ["list", "row"], ["longer"]),
        node("Identity", ["c"], ["on"]),
      ],
      inputs: [value("i", "int64", []), value("c", "bool", []), value("s", "float32", [4]), { name: "list" }],
      outputs: [{ name: "on" }, { name: "sum" }, { name: "longer" }],
    });
    const looped = chain(
      [
        node("SequenceEmpty", [], ["none"]),
        node("Loop", ["n", "", "zero", "none"], ["y", "rows"], { body: graphAttribute(body) }),
        node("Identity", ["rows"], ["same"]),
      ],
      [3, 4],
      [{ name: "y" }, { name: "same" }],
      {
        constants: new Map(
          [
            constantOf("n", tensor("int64", [], [3])),
            constantOf("zero", tensor("float32", [4], [0, 0, 0, 0])),
          ].map((each) => [each.name, each]),
        ),
      },
    );
    const { values, missing, others } = infer(looped);
    expect(missing).toEqual([]);
    expect([...others]).toEqual(expect.arrayContaining(["none", "rows", "same", "longer"]));
    expect(["y", "sum", "row"].map((name) => values.get(name)?.shape)).toEqual([[4], [4], [4]]);
  });
});
