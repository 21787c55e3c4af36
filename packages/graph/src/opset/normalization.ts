// BatchNormalization without `spatial` (9) and without training outputs (14); GroupNormalization with a scale and
// a bias for each channel, not each group (21). Source: ONNX BatchNormalization 7, 9, 14; GroupNormalization 18, 21.

import { int, intOf } from "../attribute.ts";
import { node as build } from "../build.ts";
import type { Node } from "../graph.ts";
import { edit, refusal, type Step, type Steps } from "./step.ts";

const spatial: Step = {
  from: 7,
  to: 9,
  convert: (node, context) => {
    if (!node.attributes.has("spatial")) return [node];
    // With two axes there is one value for each channel either way.
    const perChannel =
      intOf(node, "spatial", 1) === 1 || context.shape(node.inputs[0] as string)?.length === 2;
    if (!perChannel) throw refusal(node, spatial, "spatial=0, expected statistics for each channel");
    return [edit(node, {}, { spatial: undefined })];
  },
};

/** Extra outputs meant training to the old op, though runtimes for inference filled only the first. */
const inferenceOnly: Step = {
  from: 9,
  to: 14,
  convert: (node, context) => {
    const extra = node.outputs.slice(1);
    if (extra.length === 0) return [node];
    if (extra.some((name) => name !== "" && context.isRead(name))) {
      throw refusal(node, inferenceOnly, "training outputs that are read, expected inference");
    }
    return [edit(node, { outputs: node.outputs.slice(0, 1) })];
  },
};

const perChannel: Step = {
  from: 18,
  to: 21,
  convert: (node, context) => {
    const [data = "", scale = "", bias = ""] = node.inputs;
    const groups = intOf(node, "num_groups", 1);
    const nodes: Node[] = [];
    const make = (op: string, inputs: string[], role: string, attributes = {}) => {
      const output = context.fresh(`${node.id}_${role}`);
      nodes.push(build(op, inputs, [output], attributes, context.fresh(`${output}_node`)));
      return output;
    };
    const constant = (role: string, values: number[]) =>
      context.add(node, role, "int64", [values.length], values);
    const count = constant("groups", [groups]);
    const channels = make("Shape", [data], "channels", { start: int(1), end: int(2) });
    const perGroup = make("Div", [channels, count], "per_group");
    const table = make("Concat", [count, perGroup], "table", { axis: int(0) });
    const repeated = (input: string, role: string) => {
      const column = make(
        "Reshape",
        [input, constant(`${role}_column_shape`, [groups, 1])],
        `${role}_column`,
      );
      const expanded = make("Expand", [column, table], `${role}_table`);
      return make("Reshape", [expanded, constant(`${role}_row_shape`, [-1])], role);
    };
    const inputs = [data, repeated(scale, "scale"), repeated(bias, "bias")];
    return [...nodes, edit(node, { inputs })];
  },
};

export const normalizationSteps: Steps = {
  BatchNormalization: [spatial, inferenceOnly],
  GroupNormalization: [perChannel],
};
