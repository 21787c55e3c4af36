import { describe, expect, it } from "vitest";
import { type Attribute, floats, int, string } from "../attribute.ts";
import * as build from "../build.ts";
import { raiseOpset } from "./raise.ts";
import { body, constants, graphOf, one, raised } from "./sketch.ts";

describe("Softmax before 13 flattens", () => {
  const softmax = one("Softmax");
  it("over one axis where that is all there is", () => {
    expect(raised(9, 21, softmax, { shape: ["N", 10] })).toMatchInlineSnapshot(`"y = Softmax(x) {axis=1}"`);
    expect(raised(9, 21, one("Softmax", { axis: int(3) }), { shape: [1, 2, 3, 4] })).toMatchInlineSnapshot(
      `"y = Softmax(x) {axis=3}"`,
    );
    expect(raised(9, 21, softmax, { shape: ["N", 1000, 1, 1] })).toMatchInlineSnapshot(
      `"y = Softmax(x) {axis=1}"`,
    );
    expect(raised(11, 21, one("LogSoftmax", { axis: int(-1) }))).toMatchInlineSnapshot(
      `"y = LogSoftmax(x) {axis=-1}"`,
    );
  });

  it("to two dimensions where it may be several", () => {
    expect(raised(9, 21, softmax)).toMatchInlineSnapshot(`
      "y_shape = Shape(x)
      y_flat = Flatten(x) {axis=1}
      y_rows = Softmax(y_flat) {axis=-1}
      y = Reshape(y_rows, y_shape)"
    `);
    expect(raised(9, 21, one("Hardmax", { axis: int(2) }), { shape: [1, 2, 3, 4] })).toMatchInlineSnapshot(`
      "y_shape = Shape(x)
      y_flat = Flatten(x) {axis=2}
      y_rows = Hardmax(y_flat) {axis=-1}
      y = Reshape(y_rows, y_shape)"
    `);
  });

  it("with ranks from the caller", () => {
    const model = build.model(graphOf(softmax), 9);
    expect(body(raiseOpset(model, 21, { ranks: new Map([["x", 2]]) }).graph)).toMatchInlineSnapshot(
      `"y = Softmax(x) {axis=1}"`,
    );
  });
});

describe("Resize", () => {
  const scales = constants("s", [1, 1, 2, 2]);
  it("comes from Upsample", () => {
    const upsample = one("Upsample", { scales: floats([1, 1, 2, 2]) });
    expect(raised(7, 9, upsample)).toMatchInlineSnapshot(`
      "n_scales = float32[4] 1 1 2 2
      y = Upsample(x, n_scales)"
    `);
    expect(raised(7, 10, upsample)).toMatchInlineSnapshot(`
      "n_scales = float32[4] 1 1 2 2
      y = Resize(x, n_scales)"
    `);
    expect(raised(7, 11, upsample)).toMatchInlineSnapshot(`
      "n_scales = float32[4] 1 1 2 2
      n_roi = float32[0] 
      y = Resize(x, n_roi, n_scales) {coordinate_transformation_mode="asymmetric", nearest_mode="floor"}"
    `);
    const linear = one("Upsample", { mode: string("linear") }, ["x", "s"]);
    expect(raised(9, 21, linear, { constants: [scales] })).toMatchInlineSnapshot(`
      "s = float32[4] 1 1 2 2
      y = Resize(x, , s) {mode="linear", coordinate_transformation_mode="asymmetric"}"
    `);
  });

  it("rounds up where version 10 shrank", () => {
    const resize = one("Resize", {}, ["x", "s"]);
    expect(raised(10, 21, resize, { constants: [constants("s", [1, 1, 0.5, 0.5])] })).toMatchInlineSnapshot(`
      "s = float32[4] 1 1 0.5 0.5
      y = Resize(x, , s) {coordinate_transformation_mode="asymmetric", nearest_mode="ceil"}"
    `);
    expect(() =>
      raised(10, 21, resize, { constants: [constants("s", [1, 1, 0.5, 2])] }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[Unsupported: Resize n, version 10 to 11: scales that enlarge one axis and shrink another, expected one of both]`,
    );
  });

  it("leaves out empty inputs at 13, and tf_half_pixel_for_nn", () => {
    const inputs = ["x", "e", "e", "z"];
    const given = { constants: [constants("e", [])], more: ["z"] };
    expect(raised(11, 13, one("Resize", {}, inputs), given)).toMatchInlineSnapshot(`
      "e = float32[0] 
      y = Resize(x, , , z)"
    `);
    const mode = {
      coordinate_transformation_mode: string("tf_half_pixel_for_nn"),
      nearest_mode: string("floor"),
    };
    expect(
      raised(11, 13, one("Resize", mode, ["x", "", "s"]), { constants: [scales] }),
    ).toMatchInlineSnapshot(`
      "s = float32[4] 1 1 2 2
      y = Resize(x, , s) {coordinate_transformation_mode="half_pixel", nearest_mode="round_prefer_ceil"}"
    `);
  });
});

describe("the rest", () => {
  it("BatchNormalization in inference", () => {
    const inputs = ["x", "s", "b", "m", "v"];
    const nodes = one("BatchNormalization", { spatial: int(1) }, inputs, ["y", "o1", "o2", "o3", "o4"]);
    expect(raised(7, 21, nodes)).toMatchInlineSnapshot(`"y = BatchNormalization(x, s, b, m, v)"`);
    expect(() => raised(9, 21, nodes, { outputs: ["y", "o1"] })).toThrowErrorMatchingInlineSnapshot(
      `[Unsupported: BatchNormalization n, version 9 to 14: training outputs that are read, expected inference]`,
    );
    expect(() =>
      raised(7, 9, one("BatchNormalization", { spatial: int(0) }, inputs)),
    ).toThrowErrorMatchingInlineSnapshot(
      `[Unsupported: BatchNormalization n, version 7 to 9: spatial=0, expected statistics for each channel]`,
    );
  });

  it("GroupNormalization", () => {
    expect(
      raised(18, 21, one("GroupNormalization", { num_groups: int(4) }, ["x", "s", "b"])),
    ).toMatchInlineSnapshot(`
      "n_groups = int64[1] 4
      n_scale_column_shape = int64[2] 4 1
      n_scale_row_shape = int64[1] -1
      n_bias_column_shape = int64[2] 4 1
      n_bias_row_shape = int64[1] -1
      n_channels = Shape(x) {start=1, end=2}
      n_per_group = Div(n_channels, n_groups)
      n_table = Concat(n_groups, n_per_group) {axis=0}
      n_scale_column = Reshape(s, n_scale_column_shape)
      n_scale_table = Expand(n_scale_column, n_table)
      n_scale = Reshape(n_scale_table, n_scale_row_shape)
      n_bias_column = Reshape(b, n_bias_column_shape)
      n_bias_table = Expand(n_bias_column, n_table)
      n_bias = Reshape(n_bias_table, n_bias_row_shape)
      y = GroupNormalization(x, n_scale, n_bias) {num_groups=4}"
    `);
  });

  it.each([
    ["Scatter", 9, {}, "y = ScatterElements(x)"],
    ["GridSample", 16, { mode: string("bicubic") }, 'y = GridSample(x) {mode="cubic"}'],
    ["GridSample", 16, {}, "y = GridSample(x)"],
    ["RoiAlign", 10, {}, 'y = RoiAlign(x) {coordinate_transformation_mode="output_half_pixel"}'],
    ["DFT", 17, { axis: int(2) }, "n_axis = int64[] 2\ny = DFT(x, , n_axis)"],
  ])("%s", (op, from, attributes: Record<string, Attribute>, expected) => {
    expect(raised(from, 21, one(op, attributes))).toBe(expected);
  });

  it("Scan of version 8 is refused", () => {
    expect(() => raised(8, 9, one("Scan"))).toThrowErrorMatchingInlineSnapshot(
      `[Unsupported: Scan n, version 8 to 9: batches and sequence lengths, expected a Scan of version 9 or newer]`,
    );
  });
});
