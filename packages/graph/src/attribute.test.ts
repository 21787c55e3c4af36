import { describe, expect, it } from "vitest";
import {
  type Attribute,
  float,
  floatOf,
  floats,
  floatsOf,
  graphAttribute,
  int,
  intOf,
  ints,
  intsOf,
  string,
  stringOf,
  subgraphsOf,
  tensorAttribute,
} from "./attribute.ts";
import * as build from "./build.ts";
import { decodeModel } from "./decode.ts";
import { encodeModel } from "./encode.ts";
import { graphOf, numbers } from "./simplify/sketch.ts";

const body = graphOf([build.node("Relu", ["x"], ["y"])]);
const all: Record<string, Attribute> = {
  float: float(0.5),
  int: int(-3),
  huge: int(2n ** 63n - 1n),
  low: int(-(2n ** 63n)),
  string: string("ü"),
  floats: floats([1, 2]),
  ints: ints([1, 2n ** 63n - 1n, -1]),
  strings: { type: "strings", value: ["a", "b"] },
  tensor: tensorAttribute(numbers("t", [1, 2])),
  graph: graphAttribute(body),
  graphs: { type: "graphs", value: [body, body] },
};
const made = build.node("Op", ["x"], ["y"], all, "op");
const read = decodeModel(encodeModel(build.model(graphOf([made])))).graph.nodes[0] as typeof made;

describe.each([
  ["as built", made],
  ["as read from a file", read],
])("attributes %s", (_, node) => {
  it("are read by type", () => {
    expect(floatOf(node, "float", 9)).toBe(0.5);
    expect(intOf(node, "int")).toBe(-3);
    expect(stringOf(node, "string", "")).toBe("ü");
    expect(floatsOf(node, "floats")).toEqual([1, 2]);
    expect(subgraphsOf(node).map(([name, graph]) => [name, graph.nodes.length])).toEqual([
      ["graph", 1],
      ["graphs", 1],
      ["graphs", 1],
    ]);
    expect(node.attributes.get("strings")).toMatchObject({ type: "strings", value: ["a", "b"] });
    const tensor = node.attributes.get("tensor");
    expect(tensor?.type === "tensor" && [...new Float32Array(tensor.value.bytes().slice().buffer)]).toEqual([
      1, 2,
    ]);
  });

  it("clamp 64 bits to the safe integers", () => {
    expect(intOf(node, "huge")).toBe(Number.MAX_SAFE_INTEGER);
    expect(intOf(node, "low")).toBe(-Number.MAX_SAFE_INTEGER);
    expect(intsOf(node, "ints")).toEqual([1, Number.MAX_SAFE_INTEGER, -1]);
  });

  it("have defaults", () => {
    expect([intOf(node, "no"), intOf(node, "no", 4), intsOf(node, "no")]).toEqual([undefined, 4, undefined]);
    expect([floatOf(node, "no", 0.1), floatsOf(node, "no"), stringOf(node, "no", "d")]).toEqual([
      0.1,
      undefined,
      "d",
    ]);
  });

  it.each([
    [() => intOf(node, "float"), "Op op: attribute float is of type float, expected int"],
    [() => intsOf(node, "int"), "Op op: attribute int is of type int, expected ints"],
    [() => floatOf(node, "int", 0), "Op op: attribute int is of type int, expected float"],
    [() => floatsOf(node, "ints"), "Op op: attribute ints is of type ints, expected floats"],
    [() => stringOf(node, "strings", ""), "Op op: attribute strings is of type strings, expected string"],
  ])("of another type are refused: %s", (work, message) => {
    expect(work).toThrow(message);
  });
});

it("an opaque attribute needs its message", () => {
  const node = build.node("Op", ["x"], ["y"], { odd: { type: "opaque" } });
  expect(() => encodeModel(build.model(graphOf([node])))).toThrow(
    "attribute odd: an opaque value without its message, expected one read from a file",
  );
});
