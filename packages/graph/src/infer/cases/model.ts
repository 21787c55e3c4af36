// A case as a model of one node, and an inferred value as the text that cases expect.

import type { DType } from "@bitscape/tensor";
import { graph, model, node, value } from "../../build.ts";
import { constantOf } from "../../constant.ts";
import type { Model } from "../../graph.ts";
import { sinceVersion } from "../../ops/names.ts";
import { numbersOf } from "../numbers.ts";
import type { Inferred } from "../rule.ts";
import type { Case } from "./case.ts";

/** Inputs are called in0, in1, …; outputs out0, out1, …. */
export function modelOf(each: Case): Model {
  const inputs = each.inputs.flatMap((input, i) =>
    typeof input === "string" && input !== "" ? [typed(`in${i}`, input)] : [],
  );
  const constants = each.inputs.flatMap((input, i) =>
    typeof input === "string" ? [] : [constantOf(`in${i}`, input)],
  );
  // A subgraph's node reads what it captures by name, not as an input of its own.
  const read = each.op === "If" ? each.inputs.slice(0, 1) : each.inputs;
  const names = read.map((input, i) => (input === "" ? "" : `in${i}`));
  const outputs = each.outputs.map((_, i) => `out${i}`);
  const [, domain = "", op = each.op] = /^(com\.microsoft|ai\.onnx\.ml)\.(.*)$/.exec(each.op) ?? [];
  const nodes = [node(op, names, outputs, each.attributes, "node", domain)];
  const made = model(
    graph({ nodes, inputs, constants, outputs: outputs.map((name) => ({ name })) }),
    each.opset,
  );
  return domain === ""
    ? made
    : { ...made, opsets: new Map([...made.opsets, [domain, sinceVersion(each.op)]]) };
}

function typed(name: string, text: string) {
  const [, dtype, sizes = ""] = /^(\w+)\[(.*)\]$/.exec(text) ?? [];
  return value(name, dtype as DType, sizes === "" ? [] : sizes.split(", ").map(Number));
}

/** "float32[1, 3]", with its elements where the case expects them. */
export function textOf(found: Inferred | undefined, expected: string): string {
  if (!found) return "unknown";
  const shape = `${found.dtype}[${found.shape.join(", ")}]`;
  if (!expected.includes("=")) return shape;
  return found.value ? `${shape} = ${numbersOf(found.value).join(", ")}` : `${shape}, no value`;
}
