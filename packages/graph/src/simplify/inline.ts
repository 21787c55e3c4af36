// Model-local functions put in place of their calls, so that the layers inside are nodes of the graph. Calls inside
// functions are inlined too; the functions then go from the model.
// Source: onnx.proto, FunctionProto (IR version 8; overloads IR version 10); onnx/docs/IR.md, "Functions".

import { create, toBinary } from "@bufbuild/protobuf";
import { type FunctionProto, ModelProtoSchema } from "onnx-buf";
import { type Attribute, subgraphsOf } from "../attribute.ts";
import { irVersionFor } from "../build.ts";
import { decodeModel } from "../decode.ts";
import { InvalidModel } from "../error.ts";
import { type Graph, type Model, type Node, opsetOf } from "../graph.ts";
import { opName } from "../ops/names.ts";
import { raiseOpset } from "../opset/raise.ts";
import { mapBodies } from "./bodies.ts";
import { instantiate } from "./instance.ts";
import { type Names, namesBeside } from "./names.ts";

/** Functions that call others twice, and these others, would fill any memory. */
const MOST_NODES = 2 ** 18;

interface Body {
  readonly source: FunctionProto;
  readonly nodes: readonly Node[];
  /** Defaults of the attributes that its nodes refer to. */
  readonly defaults: ReadonlyMap<string, Attribute>;
}

interface Inlining {
  readonly bodies: ReadonlyMap<string, Body>;
  readonly names: Names;
}

const keyOf = (domain: string, name: string, overload: string) =>
  `${opName({ domain: domain === "ai.onnx" ? "" : domain, op: name })}:${overload}`;

const callOf = (node: Node) => keyOf(node.domain, node.op, node.source?.overload ?? "");

const plain = (domain: string) => (domain === "ai.onnx" ? "" : domain);

/**
 * The model with its functions inlined, raised to the newest ai.onnx opset that the model or a called function
 * imports; the same model where it has none. Names of graph inputs and outputs stay.
 * @throws InvalidModel for a function that calls itself; Unsupported where an opset cannot be raised to the other's
 */
export function inlineFunctions(model: Model): Model {
  const protos = new Map(
    (model.source?.functions ?? []).map((each) => [keyOf(each.domain, each.name, each.overload), each]),
  );
  if (protos.size === 0 || !model.source) return model;
  const called = calledFrom(model.graph, protos);
  const opsets = new Map(model.opsets);
  for (const { opsetImport } of called) {
    for (const { domain, version } of opsetImport) {
      opsets.set(plain(domain), Math.max(opsets.get(plain(domain)) ?? 0, Number(version)));
    }
  }
  const to = opsets.get("") ?? opsetOf(model);
  const raised = model.opsets.has("") ? raiseOpset({ ...model, source: withoutFunctions(model) }, to) : model;
  const bodies = new Map(
    called.map((each) => [keyOf(each.domain, each.name, each.overload), bodyOf(each, to)]),
  );
  checkSize(raised.graph, bodies);
  const inlining = { bodies, names: namesBeside(raised.graph) };
  return {
    ...raised,
    graph: inlined(raised.graph, inlining),
    opsets,
    irVersion: Math.max(raised.irVersion, irVersionFor(to)),
    source: withoutFunctions(model),
  };
}

function withoutFunctions(model: Model): NonNullable<Model["source"]> {
  return { ...(model.source as NonNullable<Model["source"]>), functions: [] };
}

/** The functions that a graph calls, in the end. */
function calledFrom(graph: Graph, protos: ReadonlyMap<string, FunctionProto>): FunctionProto[] {
  const found = new Set<FunctionProto>();
  const take = (key: string) => {
    const proto = protos.get(key);
    if (!proto || found.has(proto)) return;
    found.add(proto);
    visit(decodedNodes(proto));
  };
  const visit = (nodes: readonly Node[]) => {
    for (const node of nodes) {
      take(callOf(node));
      for (const [, body] of subgraphsOf(node)) visit(body.nodes);
    }
  };
  visit(graph.nodes);
  return [...found];
}

/** A function's nodes as a graph: written as a model of their own and read again, so that the message stays whole. */
function decodedNodes(source: FunctionProto): readonly Node[] {
  const graph = { name: source.name, node: source.node, output: [{ name: "none" }] };
  return decodeModel(toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph })), {
    name: `function ${source.name}`,
  }).graph.nodes;
}

function bodyOf(source: FunctionProto, to: number): Body {
  const nodes = decodedNodes(source);
  const own = source.opsetImport.find((entry) => plain(entry.domain) === "");
  const from = own ? Number(own.version) : to;
  const defaults = create(ModelProtoSchema, {
    graph: { node: [{ opType: "Defaults", attribute: source.attributeProto }], output: [{ name: "none" }] },
  });
  const [holder] = decodeModel(toBinary(ModelProtoSchema, defaults)).graph.nodes;
  return {
    source,
    defaults: holder?.attributes ?? new Map(),
    nodes: from < to ? raisedNodes(source, nodes, from, to) : nodes,
  };
}

function raisedNodes(
  source: FunctionProto,
  nodes: readonly Node[],
  from: number,
  to: number,
): readonly Node[] {
  const untyped = (name: string) => ({ name });
  const graph: Graph = {
    name: source.name,
    nodes,
    constants: new Map(),
    inputs: source.input.map(untyped),
    outputs: source.output.map(untyped),
    valueInfo: [],
  };
  const { graph: raised } = raiseOpset(
    {
      graph,
      opsets: new Map([["", from]]),
      irVersion: irVersionFor(from),
      producer: { name: "", version: "" },
      metadata: new Map(),
    },
    to,
  );
  // A function has no initializers: what raising added comes as Constant nodes.
  const added: Node[] = [...raised.constants.values()].map((value) => ({
    id: value.name,
    name: "",
    op: "Constant",
    domain: "",
    inputs: [],
    outputs: [value.name],
    attributes: new Map([["value", { type: "tensor", value }]]),
  }));
  return [...added, ...raised.nodes];
}

/** Counts what inlining would make, before anything is made. */
function checkSize(graph: Graph, bodies: ReadonlyMap<string, Body>): void {
  const known = new Map<string, number>();
  const open = new Set<string>();
  const count = (nodes: readonly Node[]): number =>
    nodes.reduce((sum, node) => {
      const inner = subgraphsOf(node).reduce((total, [, body]) => total + count(body.nodes), 0);
      return sum + inner + (bodies.has(callOf(node)) ? countOf(node) : 1);
    }, 0);
  const countOf = (node: Node): number => {
    const key = callOf(node);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (open.has(key)) {
      throw new InvalidModel(`function ${opName(node)}: calls itself, expected functions that end`);
    }
    open.add(key);
    const found = count((bodies.get(key) as Body).nodes);
    open.delete(key);
    if (found > MOST_NODES) {
      throw new InvalidModel(
        `function ${opName(node)}: over ${MOST_NODES} nodes when inlined, expected functions that fit in memory`,
      );
    }
    known.set(key, found);
    return found;
  };
  const total = count(graph.nodes);
  if (total > MOST_NODES + graph.nodes.length) {
    throw new InvalidModel(`functions: ${total} nodes when inlined, expected at most ${MOST_NODES}`);
  }
}

function inlined(graph: Graph, inlining: Inlining): Graph {
  const nodes = graph.nodes.flatMap((node) => expanded(node, inlining));
  const same = nodes.length === graph.nodes.length && nodes.every((node, i) => node === graph.nodes[i]);
  return same ? graph : { ...graph, nodes };
}

function expanded(node: Node, inlining: Inlining): readonly Node[] {
  const outer = mapBodies(node, (body) => inlined(body, inlining));
  const body = inlining.bodies.get(callOf(node));
  if (!body) return [outer];
  const { input, output } = body.source;
  const given = new Map(input.map((name, i) => [name, outer.inputs[i] ?? ""]));
  for (const [i, name] of output.entries()) {
    const wanted = outer.outputs[i] ?? "";
    // An output that is an input passed on needs a node of its own, below.
    if (wanted !== "" && !given.has(name)) given.set(name, wanted);
  }
  const attributes = new Map([...body.defaults, ...outer.attributes]);
  const filled = body.nodes.map((each) => withAttributes(each, attributes));
  const label = (name: string) => inlining.names(`${node.id}/${name}`);
  const { nodes } = instantiate(filled, given, { value: label, id: label });
  const passed: Node[] = [];
  for (const [i, name] of output.entries()) {
    const [at, wanted] = [input.indexOf(name), outer.outputs[i] ?? ""];
    if (at < 0 || wanted === "") continue;
    const id = label(name);
    const inputs = [outer.inputs[at] ?? ""];
    passed.push({
      id,
      name: id,
      op: "Identity",
      domain: "",
      inputs,
      outputs: [wanted],
      attributes: new Map(),
    });
  }
  return [...nodes, ...passed].flatMap((each) => expanded(each, inlining));
}

/** References to the function's attributes replaced by what the call says, or by defaults, or left out. */
function withAttributes(node: Node, given: ReadonlyMap<string, Attribute>): Node {
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    const reference = attribute.source?.refAttrName ?? "";
    const value = reference === "" ? attribute : given.get(reference);
    if (value) attributes.set(name, reference === "" ? value : renamed(value, name));
  }
  const filled = { ...node, attributes };
  return mapBodies(filled, (body) => ({
    ...body,
    nodes: body.nodes.map((each) => withAttributes(each, given)),
  }));
}

/** An attribute under another name, which its message has to say too. */
function renamed({ source, ...value }: Attribute, name: string): Attribute {
  return value.type === "opaque" && source ? { ...value, source: { ...source, name } } : value;
}
