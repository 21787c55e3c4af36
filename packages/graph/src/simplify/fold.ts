// Constant folding in two halves, with a runtime between them: which values can be computed once, as a model of
// their own, and the graph with the results put in. Nothing is computed here.

import { type DType, sizeOf, type Tensor } from "@bitscape/tensor";
import { type Constant, constantOf } from "../constant.ts";
import { type Graph, linksOf, type Model, type Node, readsOf, type ValueInfo } from "../graph.ts";
import { namesBeside } from "./names.ts";
import { prune } from "./prune.ts";

export interface FoldOptions {
  /** Values that shape inference proved constant: their nodes do not run, and they are not among the results. */
  readonly known?: ReadonlyMap<string, Tensor>;
  /** Whether a foldable node may run; those that may not stay, with all that depends on them. */
  readonly accepts?: (node: Node) => boolean;
}

export interface ConstantSubgraph {
  /** No inputs; its outputs are `values`. */
  readonly model: Model;
  /** Values of the whole graph that are constant and that something not constant reads, or that are outputs. */
  readonly values: readonly string[];
  /** The constants that each of them is made of. */
  readonly sources: ReadonlyMap<string, readonly Constant[]>;
}

/**
 * Ops never folded: random ones; quantization, which is there to be seen; and what makes no plain tensor.
 * Only ai.onnx is folded: what other domains do is theirs to know.
 */
const never: ReadonlySet<string> = new Set([
  ..."RandomNormal RandomNormalLike RandomUniform RandomUniformLike Bernoulli Multinomial Dropout".split(" "),
  ..."QuantizeLinear DequantizeLinear DynamicQuantizeLinear".split(" "),
  ..."SequenceConstruct SequenceEmpty SequenceInsert SequenceErase SequenceAt SequenceLength SequenceMap".split(
    " ",
  ),
  ..."SplitToSequence ConcatFromSequence Optional OptionalGetElement OptionalHasElement".split(" "),
  ..."StringNormalizer StringConcat StringSplit RegexFullMatch TfIdfVectorizer".split(" "),
]);

/** The part of a model that depends on constants alone, to be run once; undefined where there is none to run. */
export function constantSubgraph(model: Model, options: FoldOptions = {}): ConstantSubgraph | undefined {
  const { graph } = model;
  const given = new Map(linksOf(graph).constants);
  for (const [name, value] of options.known ?? []) given.set(name, constantOf(name, value));

  const constant = new Set(given.keys());
  const folded = new Set<Node>();
  for (const node of graph.nodes) {
    // What is given already is not computed again.
    if (node.outputs.every((name) => name === "" || given.has(name))) continue;
    const foldable =
      isFoldable(node) &&
      readsOf(node).every((name) => constant.has(name)) &&
      (options.accepts?.(node) ?? true);
    if (node.op !== "Constant" && !foldable) continue;
    folded.add(node);
    for (const name of node.outputs) constant.add(name);
  }

  const { producer, outputs, consumers } = linksOf(graph);
  const isFrontier = (name: string) => {
    const node = producer.get(name);
    if (!node || node.op === "Constant" || !folded.has(node) || given.has(name)) return false;
    return outputs.has(name) || (consumers.get(name) ?? []).some((reader) => !folded.has(reader));
  };
  const sources = new Map<string, readonly Constant[]>();
  for (const name of producer.keys()) {
    if (!isFrontier(name)) continue;
    const found = sourcesOf(name, producer, given) ?? [];
    // Codes of few bits are somebody's quantized weight, unpacked by these nodes: it stays packed.
    if (!found.some(isCodes)) sources.set(name, found);
  }
  const values = [...sources.keys()];
  if (values.length === 0) return undefined;
  return { model: subModel(model, [...folded], given, values), values, sources };
}

/** The constants that a value is computed from; undefined where it depends on an input of the network. */
export function sourcesOf(
  name: string,
  producer: ReadonlyMap<string, Node>,
  constants: ReadonlyMap<string, Constant>,
): Constant[] | undefined {
  const seen = new Set<string>();
  const found: Constant[] = [];
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const constant = constants.get(next);
    const maker = producer.get(next);
    if (constant) found.push(constant);
    else if (maker) open.push(...readsOf(maker));
    else return undefined;
  }
  return found;
}

const codeTypes: ReadonlySet<DType> = new Set<DType>(
  "uint8 int8 uint4 int4 uint2 int2 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz float4e2m1".split(
    " ",
  ) as DType[],
);

/** Whether a constant is the codes of a quantized tensor: more than a few elements of at most 8 bits. */
export function isCodes({ dtype, shape }: Constant): boolean {
  return codeTypes.has(dtype) && sizeOf(shape) > FEW;
}

const FEW = 8;

/** No random results anywhere inside, either: graphs in a node count with it. */
export function isFoldable(node: Node): boolean {
  return node.domain === "" && !never.has(node.op) && bodiesOf(node).every((g) => g.nodes.every(isFoldable));
}

function bodiesOf(node: Node): Graph[] {
  return [...node.attributes.values()].flatMap((each) =>
    each.type === "graph" ? [each.value] : each.type === "graphs" ? each.value : [],
  );
}

function subModel(
  model: Model,
  nodes: readonly Node[],
  given: ReadonlyMap<string, Constant>,
  values: readonly string[],
): Model {
  const infos = new Map([...model.graph.valueInfo, ...model.graph.outputs].map((info) => [info.name, info]));
  const outputs = values.map((name): ValueInfo => infos.get(name) ?? { name });
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const constants = new Map([...given].filter(([name]) => !made.has(name)));
  const graph = { name: "constants", nodes, constants, inputs: [], outputs, valueInfo: [] };
  const { source: _, ...rest } = model;
  return { ...rest, graph: prune(graph), irVersion: Math.max(model.irVersion, 4), metadata: new Map() };
}

/**
 * The graph with values replaced by constants, and without the nodes that only they needed. Names of graph inputs
 * and outputs stay; an output that is constant becomes an initializer.
 */
export function replaceByConstants(graph: Graph, values: ReadonlyMap<string, Constant>): Graph {
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  const used = [...values].filter(([name]) => made.has(name));
  if (used.length === 0) return graph;
  const names = namesBeside(graph);
  const nodes = graph.nodes.flatMap((node) => {
    if (!node.outputs.some((name) => values.has(name))) return [node];
    if (node.outputs.every((name) => name === "" || values.has(name))) return [];
    // Some outputs are still computed: the others keep their place under a name that no one reads.
    return [
      { ...node, outputs: node.outputs.map((name) => (values.has(name) ? names(`${name}_unused`) : name)) },
    ];
  });
  const constants = new Map([
    ...graph.constants,
    ...used.map(([name, value]) => [name, { ...value, name }] as const),
  ]);
  return prune({ ...graph, nodes, constants });
}
