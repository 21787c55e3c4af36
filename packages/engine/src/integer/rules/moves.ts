// Operators that move or select codes without arithmetic, and Concat, whose inputs are brought to one grid first.
// Pads are zero points; MaxPool-12 takes uint8.

import { build, type Node, stringOf } from "@bitscape/graph";
import { floatsOf } from "../../network/constants.ts";
import { gridOf } from "../grid.ts";
import { type Codes, type Grid, sameGrid, type Value } from "../values.ts";
import { quantizedInput, quantizedOutput } from "./products.ts";
import type { At, Rule } from "./rule.ts";

/** A node on codes: the same operator, its other inputs as they are. */
function move(node: Node, at: At, codes: Codes, others = node.inputs.slice(1)): readonly Value[] {
  const outputs = node.outputs.map((name) => (name === "" ? "" : at.sheet.pool.free(`${name}.int`)));
  const attributes = Object.fromEntries(node.attributes);
  at.sheet.add(build.node(node.op, [codes.name, ...others], outputs, attributes, node.id));
  return outputs.map((name) => ({ ...codes, name }));
}

const moved: Rule = (node, at) => {
  const input = node.inputs[0] as string;
  // Indices and shapes may be computed, but not from quantized tensors.
  if (node.inputs.slice(1).some((name) => name !== "" && at.value(name))) return undefined;
  const value = at.value(input);
  if (
    value?.kind === "sum" &&
    value.scale.length === 1 &&
    node.outputs.length === 1 &&
    node.op !== "MaxPool"
  ) {
    const { products } = value;
    const attributes = Object.fromEntries(node.attributes);
    const laid = () =>
      at.sheet.step(node.op, [products(), ...node.inputs.slice(1)], `${node.outputs[0]}.int`, attributes);
    let name: string | undefined;
    return [{ ...value, fused: undefined, direct: undefined, products: () => (name ??= laid()) }];
  }
  const codes = at.codes(input);
  return codes && move(node, at, codes);
};

/** A second output of MaxPool has places, which are no codes. */
const maxPool: Rule = (node, at) => {
  const codes = at.codes(node.inputs[0] as string);
  return codes && node.outputs.length === 1 ? move(node, at, codes) : undefined;
};

const pad: Rule = (node, at) => {
  const codes = at.codes(node.inputs[0] as string);
  const [, pads, filling, ...axes] = node.inputs as [string, string, string?, ...string[]];
  if (!codes) return undefined;
  if (stringOf(node, "mode", "constant") !== "constant") return move(node, at, codes);
  const constant = filling ? at.constant(filling) : undefined;
  if (filling && !constant) return undefined;
  const value = constant ? (floatsOf(constant)[0] as number) : 0;
  const code = value / codes.scale + codes.zeroPoint;
  // Another value than 0 may not be on the grid.
  if (Math.abs(code - Math.round(code)) > 1e-6 || code < codes.low - 0.5 || code > codes.high + 0.5)
    return undefined;
  return move(node, at, codes, [pads, at.sheet.share("uint8", [Math.round(code)]), ...axes]);
};

const resize: Rule = (node, at) =>
  stringOf(node, "mode", "nearest") === "nearest" ? moved(node, at) : undefined;

/** The grid that several tensors fit in: the plan's for the output, the one they share, or one over all of theirs. */
function commonGrid(node: Node, at: At, values: readonly Value[]): Grid | undefined {
  // What an activation function behind takes away needs no codes.
  const output = node.outputs[0] as string;
  const planned = at.target(output) ?? at.targetBehind(output);
  if (planned) return planned;
  const grids = values.map((value) =>
    value.kind === "codes" ? value : value.kind === "mapped" ? gridOf(value) : undefined,
  );
  const [first] = grids;
  if (!first || grids.some((grid) => !grid)) return undefined;
  const known = grids as readonly Grid[];
  if (known.every((grid) => sameGrid(grid, first))) return { ...first, low: 0, high: 255 };
  const least = Math.min(...known.map(({ zeroPoint, low, scale }) => (low - zeroPoint) * scale), 0);
  const most = Math.max(...known.map(({ zeroPoint, high, scale }) => (high - zeroPoint) * scale), 0);
  const scale = Math.fround((most - least) / 255) || 1;
  return { scale, zeroPoint: Math.round(-least / scale), low: 0, high: 255 };
}

const concat: Rule = (node, at) => {
  const values = node.inputs.map((name) => at.value(name));
  if (values.some((value) => !value)) return undefined;
  const grid = commonGrid(node, at, values as readonly Value[]);
  if (!grid) return undefined;
  const output = node.outputs[0] as string;
  const attributes = Object.fromEntries(node.attributes);
  const plain = values.every((value) => value?.kind === "codes");
  const one = plain && (values as readonly Codes[]).every((codes) => sameGrid(codes, grid));
  if (at.qlinear && plain && !one) {
    const operands = (values as readonly Codes[]).flatMap((codes) => quantizedInput(codes, at));
    const inputs = [...quantizedOutput({ ...grid, name: output }, at), ...operands];
    const name = at.sheet.step("QLinearConcat", inputs, `${output}.q`, attributes, "com.microsoft");
    return [{ kind: "codes", ...grid, name }];
  }
  const codes = node.inputs.map((name) => at.codesOn(name, { ...grid, name: `${name}.on` }) as Codes);
  const name = at.sheet.step(
    "Concat",
    codes.map((each) => each.name),
    `${output}.q`,
    attributes,
  );
  return [{ kind: "codes", ...grid, name }];
};

const same =
  "Reshape Transpose Flatten Squeeze Unsqueeze Identity Slice Split Gather DepthToSpace SpaceToDepth Expand Tile";

export const moves: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(same.split(" ").map((op) => [op, moved])),
  MaxPool: maxPool,
  Pad: pad,
  Resize: resize,
  Concat: concat,
};
