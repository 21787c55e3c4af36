// Attributes that became inputs: axes, split sizes, slice bounds, pads, clip bounds, k, ratio.
// Source: ONNX Squeeze/Unsqueeze/ReduceSum/Split 13, Reduce* 18, Split 18, Slice/TopK 10, Pad/Clip 11, Dropout 10 and 12.

import { floatOf, int } from "../attribute.ts";
import { node as build } from "../build.ts";
import type { Node } from "../graph.ts";
import type { Context } from "./context.ts";
import { edit, refusal, type Step, type Steps } from "./step.ts";

/** An ints attribute exactly: INT64_MAX means "to the end" and must survive. */
function bigints(node: Node, name: string): readonly bigint[] | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.type === "ints" ? attribute.value : undefined;
}

/** An ints attribute as an int64 constant; "" where it is absent. */
function asInput(node: Node, context: Context, name: string): string {
  const values = bigints(node, name);
  return values ? context.add(node, name, "int64", [values.length], values) : "";
}

/** One optional ints attribute becomes the second input; absent or empty, it is left out. */
function attributeToInput(name: string, from: number, to: number): Step {
  return {
    from,
    to,
    convert: (node, context) => {
      if (!node.attributes.has(name)) return [node];
      const empty = bigints(node, name)?.length === 0;
      const inputs = empty ? node.inputs : [...node.inputs, asInput(node, context, name)];
      return [edit(node, { inputs }, { [name]: undefined })];
    },
  };
}

/** Split 18 wants either the sizes or their number; the outputs tell it. */
const numberOfOutputs: Step = {
  from: 13,
  to: 18,
  convert: (node) => {
    const sizes = node.inputs[1] ?? "";
    return [sizes === "" ? edit(node, {}, { num_outputs: int(node.outputs.length) }) : node];
  },
};

const slice: Step = {
  from: 1,
  to: 10,
  convert: (node, context) => {
    const added = ["starts", "ends", "axes"].map((name) => asInput(node, context, name));
    const inputs = [...node.inputs, ...added.filter((name) => name !== "")];
    return [edit(node, { inputs }, { starts: undefined, ends: undefined, axes: undefined })];
  },
};

const topK: Step = {
  from: 1,
  to: 10,
  convert: (node, context) => {
    const k = node.attributes.get("k");
    const value = k?.type === "int" ? k.value : 0n;
    const name = context.add(node, "k", "int64", [1], [value]);
    return [edit(node, { inputs: [...node.inputs, name] }, { k: undefined })];
  },
};

/**
 * A float attribute as a scalar of the type of the node's data, as inputs must have it. Where no one says which
 * float type that is, the runtime casts (CastLike exists from opset 15 on).
 */
function scalarLike(
  node: Node,
  context: Context,
  step: Step,
  role: string,
  value: number,
): [string, readonly Node[]] {
  const data = node.inputs[0] as string;
  const dtype = context.floatType(data) ?? context.dtype(node.outputs[0] as string);
  const name = context.add(node, role, dtype ?? "float32", [], [value]);
  if (dtype) return [name, []];
  if (context.to < 15) {
    throw refusal(
      node,
      step,
      `an element type that nothing declares, expected value infos or a target of 15`,
    );
  }
  const cast = context.fresh(`${name}_like`);
  return [cast, [build("CastLike", [name, data], [cast], {}, context.fresh(`${node.id}_${role}_cast`))]];
}

const pad: Step = {
  from: 2,
  to: 11,
  convert: (node, context) => {
    const inputs = [...node.inputs, asInput(node, context, "pads")];
    const value = floatOf(node, "value", 0);
    const before: Node[] = [];
    if (value !== 0) {
      const [name, nodes] = scalarLike(node, context, pad, "value", value);
      inputs.push(name);
      before.push(...nodes);
    }
    return [...before, edit(node, { inputs }, { pads: undefined, value: undefined })];
  },
};

const clip: Step = {
  from: 6,
  to: 11,
  convert: (node, context) => {
    const before: Node[] = [];
    const bounds = ["min", "max"].map((role) => {
      if (!node.attributes.has(role)) return "";
      const [name, nodes] = scalarLike(node, context, clip, role, floatOf(node, role, 0));
      before.push(...nodes);
      return name;
    });
    const last = bounds.findLastIndex((name) => name !== "");
    if (last < 0) return [node];
    const inputs = [...node.inputs, ...bounds.slice(0, last + 1)];
    return [...before, edit(node, { inputs }, { min: undefined, max: undefined })];
  },
};

/** The mask changed its type (10) and its meaning in inference (12: all ones); only one that no one reads can go. */
function withoutMask(node: Node, context: Context, step: Step): Node {
  if (node.outputs.length < 2) return node;
  const mask = node.outputs[1] ?? "";
  if (mask !== "" && context.isRead(mask)) {
    throw refusal(node, step, "a mask output that is read, expected inference without it");
  }
  return edit(node, { outputs: node.outputs.slice(0, 1) });
}

const dropoutMask: Step = {
  from: 7,
  to: 10,
  convert: (node, context) => [withoutMask(node, context, dropoutMask)],
};

const dropoutRatio: Step = {
  from: 10,
  to: 12,
  convert: (node, context) => {
    const plain = withoutMask(node, context, dropoutRatio);
    if (!plain.attributes.has("ratio")) return [plain];
    const ratio = context.add(node, "ratio", "float32", [], [floatOf(node, "ratio", 0.5)]);
    return [edit(plain, { inputs: [...plain.inputs, ratio] }, { ratio: undefined })];
  },
};

const axes13 = [attributeToInput("axes", 11, 13)];
const axes18 = [attributeToInput("axes", 13, 18)];

export const inputSteps: Steps = {
  Squeeze: axes13,
  Unsqueeze: axes13,
  ReduceSum: axes13,
  ReduceL1: axes18,
  ReduceL2: axes18,
  ReduceLogSum: axes18,
  ReduceLogSumExp: axes18,
  ReduceMax: axes18,
  ReduceMean: axes18,
  ReduceMin: axes18,
  ReduceProd: axes18,
  ReduceSumSquare: axes18,
  Split: [attributeToInput("split", 11, 13), numberOfOutputs],
  Slice: [slice],
  TopK: [topK],
  Pad: [pad],
  Clip: [clip],
  Dropout: [dropoutMask, dropoutRatio],
};
