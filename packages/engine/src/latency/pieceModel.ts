// A piece as a model of its own that can be timed, and the model that takes the same inputs and does nothing with them:
// what is left after subtracting is the piece. Weights' codes are not computed: no kernel's time depends on their values.
// One element of the result is fetched, behind a Reshape, which nothing is moved past.

import { build, type Constant, constant, constantOf, ints, type Model, type Node } from "@bitscape/graph";
import {
  byteLengthOf,
  bytesOf,
  type DType,
  seededRandom,
  sizeOf,
  type Tensor,
  tensor,
} from "@bitscape/tensor";
import type { Feeds } from "../runtime/runtime.ts";
import type { Edge, Piece } from "./piece.ts";

const FLAT = "timing/flat";
const FIRST = "timing/first";
const SECOND = "timing/second";
const flat = [
  constantOf(FLAT, tensor("int64", [1], [-1])),
  constantOf(FIRST, tensor("int64", [1], [0])),
  constantOf(SECOND, tensor("int64", [1], [1])),
];

/** The model of a piece: its own operators, fed as they are in a whole file. */
export function pieceModel(piece: Piece, base: Model): Model {
  const { inputs, nodes, output } = piece;
  const before = inputs.flatMap((edge): Node[] =>
    turned(edge, piece)
      ? [build.node("Transpose", [fed(edge)], [edge.name], { perm: ints([0, 3, 1, 2]) })]
      : [],
  );
  const last = turned(output, piece) ? "timing/turned" : output.name;
  const after =
    last === output.name
      ? []
      : [build.node("Transpose", [output.name], [last], { perm: ints([0, 2, 3, 1]) })];
  return laid(base, {
    nodes: [
      ...before,
      ...nodes.map((node) => ({ ...node, name: "" })),
      ...after,
      ...firstOf(last, "timing/y"),
    ],
    constants: piece.constants.map(filled),
    inputs: inputs.map((edge) => build.value(...fedAs(edge, piece))),
    outputs: [build.value("timing/y", output.dtype)],
  });
}

/** The model that takes a piece's inputs and gives the first element of each. */
export function idleModel(piece: Piece, base: Model): Model {
  const shown = piece.inputs.map((edge, i) => ({ edge, name: `timing/y${i}` }));
  return laid(base, {
    nodes: shown.flatMap(({ edge, name }) => firstOf(inputName(edge, piece), name)),
    constants: [],
    inputs: piece.inputs.map((edge) => build.value(...fedAs(edge, piece))),
    outputs: shown.map(({ edge, name }) => build.value(name, edge.dtype)),
  });
}

/** Seeded inputs of a piece: normal-ish floats, any codes, and index 0 of whatever is looked up. */
export function pieceFeeds(piece: Piece, seed = 0): Feeds {
  const random = seededRandom(seed);
  const codes: ReadonlySet<DType> = new Set(["uint8", "int8"]);
  return Object.fromEntries(
    piece.inputs.map((edge): [string, Tensor] => {
      const [name, dtype, shape] = fedAs(edge, piece);
      const one = codes.has(dtype)
        ? () => Math.floor(random() * 128)
        : dtype === "float32"
          ? () => 4 * random() - 2
          : () => 0;
      return [name, tensor(dtype, shape, Array.from({ length: sizeOf(shape) }, one))];
    }),
  );
}

const plain: ReadonlySet<string> = new Set(["float", "int", "string", "floats", "ints", "strings"]);

/** What two pieces share where they take the same time: operators, attributes, shapes and types; no names, no weights. */
export function pieceKey({ nodes, constants, inputs, output }: Piece, base: Model): string {
  const names = new Map<string, string>();
  for (const [i, { name, dtype, shape }] of inputs.entries()) names.set(name, `i${i}:${dtype}[${shape}]`);
  for (const { name, dtype, shape, bytes } of constants) {
    // Axes, shapes and bounds are part of what an operator does; weights are not.
    const value = dtype === "int64" && sizeOf(shape) <= 16 ? `=${[...bytes()]}` : "";
    names.set(name, `${dtype}[${shape}]${value}`);
  }
  for (const [i, node] of nodes.entries())
    for (const name of node.outputs)
      names.set(name, `n${i}.${name === "" ? "" : node.outputs.indexOf(name)}`);
  const said = nodes.map(({ op, domain, attributes, inputs: read }) => [
    `${domain}${op}`,
    [...attributes]
      .map(([name, attribute]) =>
        plain.has(attribute.type) && "value" in attribute ? `${name}=${attribute.value}` : name,
      )
      .sort(),
    read.map((name) => names.get(name) ?? ""),
  ]);
  return JSON.stringify([
    base.opsets.get(""),
    inputs.map(({ name }) => names.get(name)),
    said,
    names.get(output.name),
  ]);
}

/** The same for what a piece is measured against. */
export function idleKey(piece: Piece): string {
  return piece.inputs.map((edge) => fedAs(edge, piece).slice(1).join()).join(";");
}

function laid(base: Model, parts: Parameters<typeof build.graph>[0]): Model {
  const constants = [...(parts.constants ?? []), ...flat];
  return { ...base, graph: build.graph({ ...parts, constants }), metadata: new Map() };
}

function firstOf(name: string, as: string): Node[] {
  return [
    build.node("Reshape", [name, FLAT], [`${as}/flat`]),
    build.node("Slice", [`${as}/flat`, FIRST, SECOND], [as]),
  ];
}

// ONNX Runtime keeps the codes between convolutions with channels last: a layer alone is given and gives them so.
function turned({ dtype, shape }: Edge, { op }: Piece): boolean {
  return shape.length === 4 && (dtype === "uint8" || dtype === "int8") && op !== "MatMul" && op !== "Gemm";
}

const fed = ({ name }: Edge) => `${name}/timing`;
const inputName = (edge: Edge, piece: Piece) => (turned(edge, piece) ? fed(edge) : edge.name);

function fedAs(edge: Edge, piece: Piece): [name: string, dtype: DType, shape: readonly number[]] {
  const [n, c, h, w] = edge.shape as [number, number, number, number];
  return [inputName(edge, piece), edge.dtype, turned(edge, piece) ? [n, h, w, c] : edge.shape];
}

/** A constant that is there already stays as it is; codes and scales that would have to be computed are made up. */
function filled(each: Constant): Constant {
  const { name, dtype, shape, prepare } = each;
  // Shapes decide what an operator does; they are never long.
  if (!prepare || dtype === "int64") return each;
  const count = sizeOf(shape);
  const made: Partial<Record<DType, Uint8Array>> = {
    float32: bytesOf(new Float32Array(count).fill(0.01)),
    // Codes of three levels are unpacked by dividing: by one, not by zero.
    int32: bytesOf(new Int32Array(count).fill(1)),
  };
  return constant(name, dtype, shape, made[dtype] ?? new Uint8Array(byteLengthOf(dtype, count)));
}
