import { describe, expect, test } from "vitest";
import { int, ints, string } from "./attribute.ts";
import { graph } from "./build.ts";
import { lazyConstant } from "./constant.ts";
import { macsOf, parametersOf } from "./cost.ts";
import { type Case, rule } from "./infer/cases/case.ts";
import { modelOf } from "./infer/cases/model.ts";
import { infer } from "./infer/infer.ts";

function macs(each: Case): number | undefined {
  const found = modelOf(each);
  const [node] = found.graph.nodes;
  return node && macsOf(node, infer(found).values);
}

describe("macsOf", () => {
  test.each<[number, Case]>([
    [6 * 6 * 7 * 4 * 9, rule("Conv", ["float32[1, 4, 8, 9]", "float32[6, 4, 3, 3]"], ["?"])],
    [4 * 6 * 7 * 9, rule("Conv", ["float32[1, 4, 8, 9]", "float32[4, 1, 3, 3]"], ["?"], { group: int(4) })],
    [
      4 * 8 * 9 * 6 * 4,
      rule("ConvTranspose", ["float32[1, 4, 8, 9]", "float32[4, 6, 2, 2]"], ["?"], { strides: ints([2, 2]) }),
    ],
    [3 * 4 * 6, rule("Gemm", ["float32[4, 3]", "float32[4, 6]"], ["?"], { transA: int(1) })],
    [2 * 5 * 3 * 4 * 6, rule("MatMul", ["float32[2, 1, 3, 4]", "float32[5, 4, 6]"], ["?"])],
    [
      7 * 2 * 4 * 5 * (3 + 5),
      rule("LSTM", ["float32[7, 2, 3]", "float32[1, 20, 3]", "float32[1, 20, 5]"], ["?"], {
        hidden_size: int(5),
      }),
    ],
    [7 * 2 * 2 * 3 * 5 * (3 + 5), bidirectional()],
    [
      2 * 3 * 4 * 5,
      rule("Einsum", ["float32[2, 3, 4]", "float32[2, 4, 5]"], ["?"], { equation: string("bij,bjk->bik") }),
    ],
    [
      2 * 3 * 4 * 6 * (8 + 10),
      rule("Attention", ["float32[2, 3, 4, 8]", "float32[2, 3, 6, 8]", "float32[2, 3, 6, 10]"], ["?"]),
    ],
    [0, rule("Relu", ["float32[2, 3]"], ["?"])],
  ])("%i", (expected, each) => {
    expect(macs(each)).toBe(expected);
  });

  test("is unknown where a shape is", () => {
    const [node] = modelOf(rule("MatMul", ["float32[3, 4]", "float32[4, 6]"], ["?"])).graph.nodes;
    expect(node && macsOf(node, new Map())).toBeUndefined();
  });
});

function bidirectional(): Case {
  const inputs = ["float32[7, 2, 3]", "float32[2, 15, 3]", "float32[2, 15, 5]"];
  return rule("GRU", inputs, ["?"], { hidden_size: int(5), direction: string("bidirectional") });
}

test("parametersOf counts float elements", () => {
  const lazy = (name: string, dtype: "float32" | "float16" | "int64") =>
    lazyConstant(name, dtype, [2, 3], () => new Uint8Array(0));
  const constants = [lazy("a", "float32"), lazy("b", "float16"), lazy("c", "int64")];
  expect(parametersOf(graph({ nodes: [], inputs: [], outputs: [], constants }))).toBe(12);
});
