import { describe, expect, it } from "vitest";
import { float, int, ints } from "../attribute.ts";
import * as build from "../build.ts";
import { raiseOpset } from "./raise.ts";
import { body, graphOf, one, raised } from "./sketch.ts";

const MAX = 2n ** 63n - 1n;

describe("attributes that became inputs", () => {
  it("Squeeze, Unsqueeze and ReduceSum at 13", () => {
    expect(raised(9, 21, one("Squeeze", { axes: ints([0, -1]) }))).toMatchInlineSnapshot(`
      "n_axes = int64[2] 0 -1
      y = Squeeze(x, n_axes)"
    `);
    expect(raised(9, 12, one("Unsqueeze", { axes: ints([0]) }))).toMatchInlineSnapshot(
      `"y = Unsqueeze(x) {axes=[0]}"`,
    );
    expect(raised(9, 13, one("Unsqueeze", { axes: ints([0]) }))).toMatchInlineSnapshot(`
      "n_axes = int64[1] 0
      y = Unsqueeze(x, n_axes)"
    `);
    expect(raised(12, 13, one("ReduceSum", { axes: ints([1]), keepdims: int(0) }))).toMatchInlineSnapshot(`
      "n_axes = int64[1] 1
      y = ReduceSum(x, n_axes) {keepdims=0}"
    `);
  });

  it("the other reductions at 18; without axes nothing changes", () => {
    expect(raised(9, 17, one("ReduceMean", { axes: ints([2, 3]) }))).toMatchInlineSnapshot(
      `"y = ReduceMean(x) {axes=[2, 3]}"`,
    );
    expect(raised(9, 18, one("ReduceMean", { axes: ints([2, 3]) }))).toMatchInlineSnapshot(`
      "n_axes = int64[2] 2 3
      y = ReduceMean(x, n_axes)"
    `);
    expect(raised(9, 18, one("ReduceMax", { keepdims: int(0) }))).toMatchInlineSnapshot(
      `"y = ReduceMax(x) {keepdims=0}"`,
    );
    expect(raised(9, 18, one("ReduceMax", { axes: ints([]) }))).toMatchInlineSnapshot(`"y = ReduceMax(x)"`);
  });

  it("Split at 13, and its number of outputs at 18", () => {
    const outputs = ["y", "z"];
    expect(raised(11, 18, one("Split", { split: ints([1, 2]) }, ["x"], outputs))).toMatchInlineSnapshot(`
      "n_split = int64[2] 1 2
      y, z = Split(x, n_split)"
    `);
    expect(raised(11, 18, one("Split", {}, ["x"], outputs))).toMatchInlineSnapshot(
      `"y, z = Split(x) {num_outputs=2}"`,
    );
    expect(raised(13, 17, one("Split", {}, ["x"], outputs))).toMatchInlineSnapshot(`"y, z = Split(x)"`);
  });

  it("Slice and TopK at 10, with INT64_MAX intact", () => {
    const bounds = { starts: ints([1]), ends: ints([MAX]) };
    expect(raised(9, 10, one("Slice", { ...bounds, axes: ints([2]) }))).toMatchInlineSnapshot(`
      "n_starts = int64[1] 1
      n_ends = int64[1] 9223372036854775807
      n_axes = int64[1] 2
      y = Slice(x, n_starts, n_ends, n_axes)"
    `);
    expect(raised(9, 10, one("Slice", bounds))).toMatchInlineSnapshot(`
      "n_starts = int64[1] 1
      n_ends = int64[1] 9223372036854775807
      y = Slice(x, n_starts, n_ends)"
    `);
    expect(raised(7, 21, one("TopK", { k: int(5), axis: int(1) }, ["x"], ["y", "i"]))).toMatchInlineSnapshot(`
      "n_k = int64[1] 5
      y, i = TopK(x, n_k) {axis=1}"
    `);
  });

  it("Pad and Clip at 11, in the type of their data", () => {
    expect(raised(7, 11, one("Pad", { pads: ints([0, 1, 0, 1]), value: float(0.5) }))).toMatchInlineSnapshot(`
      "n_pads = int64[4] 0 1 0 1
      n_value = float32[] 0.5
      y = Pad(x, n_pads, n_value)"
    `);
    expect(raised(7, 11, one("Pad", { pads: ints([0, 1, 0, 1]) }))).toMatchInlineSnapshot(`
      "n_pads = int64[4] 0 1 0 1
      y = Pad(x, n_pads)"
    `);
    expect(raised(7, 11, one("Clip", { min: float(0), max: float(6) }))).toMatchInlineSnapshot(`
      "n_min = float32[] 0
      n_max = float32[] 6
      y = Clip(x, n_min, n_max)"
    `);
    expect(raised(7, 11, one("Clip", { max: float(6) }))).toMatchInlineSnapshot(`
      "n_max = float32[] 6
      y = Clip(x, , n_max)"
    `);
    expect(raised(7, 11, one("Clip"))).toMatchInlineSnapshot(`"y = Clip(x)"`);
  });

  it("Clip of a type that nothing declares casts at run time, or is refused where it cannot", () => {
    const nodes = [
      build.node("Cast", ["x"], ["h"], { to: int(10) }, "cast"),
      build.node("Exp", ["h"], ["e"], {}, "exp"),
      build.node("Clip", ["e"], ["c"], { max: float(6) }, "n"),
      build.node("Cast", ["c"], ["y"], { to: int(1) }, "back"),
    ];
    expect(raised(9, 21, nodes)).toMatchInlineSnapshot(`
      "n_max = float32[] 6
      h = Cast(x) {to=10}
      e = Exp(h)
      n_max_like = CastLike(n_max, e)
      c = Clip(e, , n_max_like)
      y = Cast(c) {to=1}"
    `);
    expect(() => raised(9, 14, nodes)).toThrowErrorMatchingInlineSnapshot(
      `[Unsupported: Clip n, version 6 to 11: an element type that nothing declares, expected value infos or a target of 15]`,
    );
    const dtypes = new Map([["e", "float16" as const]]);
    expect(body(raiseOpset(build.model(graphOf(nodes), 9), 14, { dtypes }).graph)).toContain(
      "n_max = float16[] ",
    );
  });

  it("Dropout at 10 and 12", () => {
    expect(raised(7, 21, one("Dropout", { ratio: float(0.25) }, ["x"], ["y", "m"]))).toMatchInlineSnapshot(`
      "n_ratio = float32[] 0.25
      y = Dropout(x, n_ratio)"
    `);
    expect(() => raised(9, 21, one("Dropout", {}, ["x"], ["z", "y"]))).toThrowErrorMatchingInlineSnapshot(
      `[Unsupported: Dropout n, version 7 to 10: a mask output that is read, expected inference without it]`,
    );
  });
});
