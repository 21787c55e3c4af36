// Wrong models that are written well: a legal file whose graph was changed in one place, so that what reads past the
// bytes is tried. Seeded.

import {
  type Attribute,
  type Attributes,
  build,
  type Constant,
  constant,
  type Dim,
  float,
  type Graph,
  graphAttribute,
  int,
  ints,
  type Model,
  type Node,
  opTypes,
  string,
  subgraphsOf,
  tensorAttribute,
  type ValueInfo,
} from "@bitscape/graph";
import { byteLengthOf, type DType, sizeOf } from "@bitscape/tensor";
import type { Random } from "./bytes.ts";

const below = (random: Random, count: number) => Math.floor(random() * count);
const oneOf = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)] as T;

const numbers = [0, 1, -1, 2, 3, 7, 64, -64, 2 ** 31 - 1, -(2 ** 31), 2 ** 40, 2 ** 53];
const bigs = [2n ** 63n - 1n, -(2n ** 63n)];
const dims: readonly Dim[] = [
  0,
  1,
  2,
  5,
  -1,
  2 ** 20,
  2 ** 31,
  2 ** 50,
  null,
  "N",
  "N*2",
  "a/0",
  "__proto__",
  "",
];
const dtypes: readonly DType[] =
  "float32 float16 bfloat16 float64 int64 int32 uint8 int8 bool int4 string".split(" ") as DType[];

const integer = (random: Random) => (random() < 0.1 ? oneOf(random, bigs) : oneOf(random, numbers));

/** Names of values that a graph has, and some that none has. */
function namesOf(graph: Graph): string[] {
  return [
    "",
    "nowhere",
    ...graph.inputs.map((input) => input.name),
    ...graph.constants.keys(),
    ...graph.nodes.flatMap((node) => node.outputs),
  ];
}

function wrongConstant(name: string, random: Random): Constant {
  const shape = Array.from({ length: below(random, 5) }, () => below(random, 4));
  const dtype = oneOf(random, dtypes.slice(0, -1));
  const bytes = Uint8Array.from({ length: byteLengthOf(dtype, sizeOf(shape)) }, () => below(random, 256));
  return constant(name, dtype, shape, bytes);
}

function wrongAttribute(random: Random): Attribute {
  return oneOf<() => Attribute>(random, [
    () => int(integer(random)),
    () => ints(Array.from({ length: below(random, 6) }, () => integer(random))),
    () => float(oneOf(random, [0, Number.NaN, Number.POSITIVE_INFINITY, -1e38])),
    () => string(oneOf(random, ["", "ij,jk->ik", "nearest", "SAME_UPPER", "->", "...i->i..."])),
    () => tensorAttribute(wrongConstant("", random)),
  ])();
}

const attributeNames =
  "axis axes perm to pads kernel_shape group strides value equation split keepdims".split(" ");

type NodeChange = (node: Node, graph: Graph, random: Random) => Node;

const withAttributes = (node: Node, change: (attributes: Map<string, Attribute>) => void): Node => {
  const attributes = new Map<string, Attribute>(node.attributes as Attributes);
  change(attributes);
  return { ...node, attributes };
};

const nodeChanges: readonly NodeChange[] = [
  (node, graph, random) => {
    const inputs = [...node.inputs];
    inputs[below(random, inputs.length + 1)] = oneOf(random, namesOf(graph));
    return { ...node, inputs: Array.from(inputs, (name) => name ?? "") };
  },
  (node, _, random) => ({ ...node, inputs: node.inputs.slice(0, below(random, node.inputs.length + 1)) }),
  (node, graph, random) => ({ ...node, outputs: [...node.outputs.slice(1), oneOf(random, namesOf(graph))] }),
  (node, _, random) => ({ ...node, outputs: node.outputs.slice(0, below(random, node.outputs.length + 1)) }),
  (node, _, random) => {
    const parts = oneOf(random, opTypes).split(".");
    return { ...node, op: parts.pop() as string, domain: parts.join(".") };
  },
  (node, _, random) =>
    withAttributes(node, (attributes) => {
      const name = oneOf(random, [...attributes.keys(), ...attributeNames]);
      attributes.set(name, wrongAttribute(random));
    }),
  (node, _, random) =>
    withAttributes(node, (attributes) => {
      attributes.delete(oneOf(random, [...attributes.keys(), ""]));
    }),
  // The graph of one node inside another.
  (node, graph, random) => {
    const bodies = graph.nodes.flatMap((each) => subgraphsOf(each).map(([, body]) => body));
    const body =
      bodies.length > 0 && random() < 0.7
        ? oneOf(random, bodies)
        : { ...graph, nodes: graph.nodes.slice(0, 2) };
    return withAttributes({ ...node, op: oneOf(random, ["If", "Loop", "Scan"]) }, (attributes) => {
      for (const name of ["then_branch", "else_branch", "body"]) attributes.set(name, graphAttribute(body));
    });
  },
];

type GraphChange = (graph: Graph, random: Random) => Graph;

const wrongInfo = (name: string, random: Random): ValueInfo =>
  build.value(
    name,
    oneOf(random, dtypes),
    Array.from({ length: below(random, 5) }, () => oneOf(random, dims)),
  );

const graphChanges: readonly GraphChange[] = [
  ...nodeChanges.map(
    (change): GraphChange =>
      (graph, random) => {
        if (graph.nodes.length === 0) return graph;
        const at = below(random, graph.nodes.length);
        const node = graph.nodes[at] as Node;
        // Half the time inside the node's own graphs, where it has any.
        const [inner] = subgraphsOf(node);
        if (inner && random() < 0.5) {
          const body = changedGraph(inner[1], random);
          const next = withAttributes(node, (attributes) => attributes.set(inner[0], graphAttribute(body)));
          return { ...graph, nodes: graph.nodes.with(at, next) };
        }
        return { ...graph, nodes: graph.nodes.with(at, change(node, graph, random)) };
      },
  ),
  (graph, random) => ({ ...graph, nodes: graph.nodes.toSpliced(below(random, graph.nodes.length), 1) }),
  (graph, random) => {
    const node = graph.nodes[below(random, graph.nodes.length)];
    return node
      ? { ...graph, nodes: graph.nodes.toSpliced(below(random, graph.nodes.length), 0, node) }
      : graph;
  },
  (graph, random) => {
    const name = oneOf(random, [...graph.constants.keys(), "nothing"]);
    const constants = new Map(graph.constants);
    if (random() < 0.4) constants.delete(name);
    else constants.set(name, wrongConstant(name, random));
    return { ...graph, constants };
  },
  (graph, random) => ({
    ...graph,
    inputs: graph.inputs.map(({ source: _, ...input }) =>
      random() < 0.6 ? wrongInfo(input.name, random) : input,
    ),
  }),
  (graph, random) => ({
    ...graph,
    outputs: [...graph.outputs, wrongInfo(oneOf(random, namesOf(graph)), random)],
  }),
  (graph, random) => ({ ...graph, outputs: graph.outputs.slice(0, below(random, graph.outputs.length + 1)) }),
  (graph, random) => ({
    ...graph,
    valueInfo: [...graph.valueInfo, wrongInfo(oneOf(random, namesOf(graph)), random)],
  }),
];

function changedGraph(graph: Graph, random: Random): Graph {
  return oneOf(random, graphChanges)(graph, random);
}

/** The model with one to three changes. */
export function altered(model: Model, random: Random): Model {
  let next = model;
  for (let i = below(random, 3); i >= 0; i--) {
    if (random() < 0.1) next = { ...next, opsets: new Map([...next.opsets, ["", below(random, 30)]]) };
    else if (random() < 0.05) next = { ...next, irVersion: below(random, 16) };
    else next = { ...next, graph: changedGraph(next.graph, random) };
  }
  return next;
}
