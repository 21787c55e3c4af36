// Softmax, LogSoftmax and Hardmax before 13: over all axes from `axis` (default 1) on, flattened together.
// From 13 on: over one axis. Source: ONNX Softmax 11 and 13.

import { int, intOf } from "../attribute.ts";
import { node as build } from "../build.ts";
import type { Dim } from "../graph.ts";
import { edit, type Step, type Steps } from "./step.ts";

/** The one axis that the flattening comes down to, or undefined where it may be several. */
function onlyAxis(axis: number, shape: readonly Dim[] | undefined): number | undefined {
  if (axis === -1) return -1;
  if (!shape) return undefined;
  const first = axis < 0 ? axis + shape.length : axis;
  const wide = shape.map((_, i) => i).filter((i) => i >= first && shape[i] !== 1);
  if (wide.length > 1 || first >= shape.length) return undefined;
  return wide[0] ?? first;
}

const overOneAxis: Step = {
  from: 11,
  to: 13,
  convert: (node, context) => {
    const axis = intOf(node, "axis", 1);
    const input = node.inputs[0] as string;
    const output = node.outputs[0] as string;
    const only = onlyAxis(axis, context.shape(input) ?? context.shape(output));
    if (only !== undefined) {
      return [node.attributes.has("axis") && only === axis ? node : edit(node, {}, { axis: int(only) })];
    }
    const [shape, flat, result] = ["shape", "flat", "rows"].map((role) =>
      context.fresh(`${output}_${role}`),
    ) as [string, string, string];
    const id = (role: string) => context.fresh(`${node.id}_${role}`);
    return [
      build("Shape", [input], [shape], {}, id("shape_of")),
      build("Flatten", [input], [flat], { axis: int(axis) }, id("flatten")),
      edit(node, { inputs: [flat], outputs: [result] }, { axis: int(-1) }),
      build("Reshape", [result, shape], [output], {}, id("reshape")),
    ];
  },
};

export const softmaxSteps: Steps = {
  Softmax: [overOneAxis],
  LogSoftmax: [overOneAxis],
  Hardmax: [overOneAxis],
};
