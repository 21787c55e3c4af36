// Ops and modes that got other names or other defaults, and what no one converts.
// Source: ONNX Scatter 11, GridSample 20, RoiAlign 16, DFT 20, Scan 9.

import { intOf, string, stringOf } from "../attribute.ts";
import { edit, refusal, type Step, type Steps } from "./step.ts";

const scatterElements: Step = {
  from: 9,
  to: 11,
  convert: (node) => [edit(node, { op: "ScatterElements" })],
};

const gridModes: Readonly<Record<string, string>> = { bilinear: "linear", bicubic: "cubic" };

const gridSample: Step = {
  from: 16,
  to: 20,
  convert: (node) => {
    const mode = gridModes[stringOf(node, "mode", "")];
    return [mode === undefined ? node : edit(node, {}, { mode: string(mode) })];
  },
};

/** The old op did not shift by half a pixel; the new one does unless told. */
const roiAlign: Step = {
  from: 10,
  to: 16,
  convert: (node) => [edit(node, {}, { coordinate_transformation_mode: string("output_half_pixel") })],
};

const dft: Step = {
  from: 17,
  to: 20,
  convert: (node, context) => {
    const [data = "", length = ""] = node.inputs;
    const axis = context.add(node, "axis", "int64", [], [intOf(node, "axis", 1)]);
    return [edit(node, { inputs: [data, length, axis] }, { axis: undefined })];
  },
};

const scan: Step = {
  from: 8,
  to: 9,
  convert: (node) => {
    throw refusal(node, scan, "batches and sequence lengths, expected a Scan of version 9 or newer");
  },
};

export const renamedSteps: Steps = {
  Scatter: [scatterElements],
  GridSample: [gridSample],
  RoiAlign: [roiAlign],
  DFT: [dft],
  Scan: [scan],
};
