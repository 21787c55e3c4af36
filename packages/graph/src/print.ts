// The textual form of a graph: what tests snapshot and a person reads. Not a format to parse.

import type { Attribute } from "./attribute.ts";
import type { Graph, ValueInfo } from "./graph.ts";

/** One line a value: inputs, constants (type and shape, not data), nodes in order, outputs. */
export function print(graph: Graph): string {
  const lines = [`graph ${graph.name} (${graph.inputs.map(printValue).join(", ")}) {`];
  for (const constant of graph.constants.values()) {
    lines.push(`  ${constant.name}: ${constant.dtype}[${constant.shape.join(", ")}]`);
  }
  for (const node of graph.nodes) {
    const attributes = [...node.attributes].map(([name, each]) => `${name}=${printAttribute(each)}`);
    const op = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
    const suffix = attributes.length > 0 ? ` {${attributes.join(", ")}}` : "";
    lines.push(`  ${node.outputs.join(", ")} = ${op}(${node.inputs.join(", ")})${suffix}`);
  }
  lines.push(`  return ${graph.outputs.map(printValue).join(", ")}`, "}");
  return lines.join("\n");
}

function printValue(value: ValueInfo): string {
  const shape = value.shape ? `[${value.shape.map((dim) => dim ?? "?").join(", ")}]` : "";
  return `${value.name}: ${value.dtype ?? "?"}${shape}`;
}

function printAttribute(attribute: Attribute): string {
  switch (attribute.type) {
    case "float":
      return String(Number(attribute.value.toPrecision(6)));
    case "int":
      return String(attribute.value);
    case "string":
      return JSON.stringify(attribute.value);
    case "floats":
    case "ints":
    case "strings":
      return `[${attribute.value.join(", ")}]`;
    case "tensor":
      return `${attribute.value.dtype}[${attribute.value.shape.join(", ")}]`;
    case "graph":
      return `\n${print(attribute.value).replace(/^/gm, "    ")}`;
    case "graphs":
      return `${attribute.value.length} graphs`;
    case "opaque":
      return "…";
  }
}
