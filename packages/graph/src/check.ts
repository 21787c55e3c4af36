// Is a decoded model one that we and ONNX Runtime 1.30 can take? One sentence for the first thing that is not so.
// Checks names, operators and versions, not types or shapes (infer) and not attributes (the runtime says those).

import { bfloatToFloat, halfToFloat, sizeOf, viewBytes } from "@bitscape/tensor";
import { subgraphsOf } from "./attribute.ts";
import { type Constant, partsOf } from "./constant.ts";
import { type Graph, type Model, type Node, opsetOf } from "./graph.ts";
import { domains, newestIr, opName, opTypeOf, removedIn, sinceVersion } from "./ops/names.ts";
import { newestOpset, oldestOpset } from "./opset/history.ts";

/** The first reason to refuse a model, as a sentence that starts with `name`; undefined where there is none. */
export function checkModel(model: Model, name: string): string | undefined {
  const fault =
    checkVersions(model) ??
    checkFunctions(model) ??
    (model.graph.outputs.length === 0 ? "no outputs, expected one or more" : undefined) ??
    checkGraph(model, model.graph, new Set());
  return fault && `${name}: ${fault}`;
}

function checkVersions(model: Model): string | undefined {
  if (!model.opsets.has("")) {
    // Files of scikit-learn may use ai.onnx.ml alone.
    if (!usesStandard(model.graph)) return undefined;
    const found = [...model.opsets.keys()].join(", ") || "none";
    return `operator sets imported: ${found}, expected ai.onnx among them`;
  }
  const opset = opsetOf(model);
  if (opset < oldestOpset) return `opset ${opset}, expected ${oldestOpset} or later (ONNX Runtime's oldest)`;
  if (opset > newestOpset)
    return `opset ${opset}, expected at most ${newestOpset} (ONNX Runtime 1.30's limit)`;
  if (model.irVersion > newestIr) {
    return `IR version ${model.irVersion}, expected at most ${newestIr} (ONNX Runtime 1.30's limit)`;
  }
  return undefined;
}

function usesStandard({ nodes }: Graph): boolean {
  return (
    nodes.length === 0 ||
    nodes.some((node) => node.domain === "" || subgraphsOf(node).some(([, body]) => usesStandard(body)))
  );
}

type Opsets = ReadonlyMap<string, number>;

function functionsOf(model: Model): Set<string> {
  return new Set((model.source?.functions ?? []).map(({ domain, name }) => opName({ domain, op: name })));
}

/** Model-local functions may call one another and known operators, under their own opset imports. */
function checkFunctions(model: Model): string | undefined {
  const functions = functionsOf(model);
  for (const each of model.source?.functions ?? []) {
    const opsets = new Map(
      each.opsetImport.map((entry) => [plain(entry.domain), Number(entry.version)] as const),
    );
    for (const proto of each.node) {
      const node = { op: proto.opType, domain: plain(proto.domain) };
      const fault = checkOp(node, opsets.size > 0 ? opsets : model.opsets, functions);
      if (fault) return `function ${opName({ domain: each.domain, op: each.name })}: ${fault}`;
    }
  }
  return undefined;
}

const plain = (domain: string) => (domain === "ai.onnx" ? "" : domain);

function checkOp(
  node: Pick<Node, "op" | "domain">,
  opsets: Opsets,
  functions: ReadonlySet<string>,
): string | undefined {
  const name = opName(node);
  if (functions.has(name)) return undefined;
  if (!domains.includes(node.domain)) {
    return `operator ${name}, expected one of ai.onnx, com.microsoft or ai.onnx.ml`;
  }
  const op = opTypeOf(node);
  const home = node.domain === "" ? "ai.onnx" : node.domain;
  if (!op) return `operator ${name}, expected one that ${home} has`;
  const imported = opsets.get(node.domain);
  if (imported === undefined) return `operator ${name}, expected the model to import ${home}`;
  const kind = node.domain === "" ? "opset" : `${home} version`;
  const since = sinceVersion(op);
  if (imported < since) return `operator ${name} needs ${kind} ${since}, the model imports ${imported}`;
  const gone = removedIn(op);
  if (gone !== undefined && imported >= gone) {
    return `operator ${name} was removed in ${kind} ${gone}, the model imports ${imported}`;
  }
  return undefined;
}

/** @param outer names that a subgraph may capture */
function checkGraph(model: Model, graph: Graph, outer: ReadonlySet<string>): string | undefined {
  const functions = functionsOf(model);
  const defined = new Set([...graph.inputs.map((input) => input.name), ...graph.constants.keys()]);
  const visible = (name: string) => defined.has(name) || outer.has(name);
  for (const node of graph.nodes) {
    const fault = checkOp(node, model.opsets, functions) ?? checkReads(node, graph, visible);
    if (fault) return `node "${node.id}": ${fault}`;
    for (const [, body] of subgraphsOf(node)) {
      const inside = checkGraph(model, body, new Set([...outer, ...defined]));
      if (inside) return inside;
    }
    for (const output of node.outputs) {
      if (output === "") continue;
      if (defined.has(output))
        return `node "${node.id}": makes "${output}" again, expected one maker a value`;
      defined.add(output);
    }
  }
  const lost = graph.outputs.find((output) => !visible(output.name));
  return (
    lost && `graph "${graph.name}": output "${lost.name}" is made by no node, expected one that makes it`
  );
}

function checkReads(node: Node, graph: Graph, visible: (name: string) => boolean): string | undefined {
  const name = node.inputs.find((each) => each !== "" && !visible(each));
  if (name === undefined) return undefined;
  const maker = graph.nodes.find((each) => each.outputs.includes(name));
  return maker
    ? `reads "${name}" before node "${maker.id}" makes it, expected nodes in order`
    : `reads "${name}", which nothing makes, expected an input, an initializer or an earlier node's output`;
}

/** Decoders of bit patterns for the two float types that have no typed array. */
const decoders: Partial<Record<string, (bits: number) => number>> = {
  float16: halfToFloat,
  bfloat16: bfloatToFloat,
};
const floats: ReadonlySet<string> = new Set(["float32", "float64", "float16", "bfloat16"]);

/** Where a float constant holds NaN or an infinity, as a sentence; undefined where every element is finite. */
export function nonFinite(constant: Constant): string | undefined {
  const { name, dtype, shape } = constant;
  if (!floats.has(dtype)) return undefined;
  const decode = decoders[dtype];
  let before = 0;
  for (const bytes of partsOf(constant)) {
    const data = viewBytes(dtype, bytes);
    for (let i = 0; i < data.length; i++) {
      const value = decode ? decode(data[i] as number) : (data[i] as number);
      if (Number.isFinite(value)) continue;
      return `weight ${name}: ${value} at element ${before + i} of ${sizeOf(shape)}, expected finite numbers`;
    }
    before += data.length;
  }
  return undefined;
}
