// Cases of If, Loop and Scan.

import type { DType } from "@bitscape/tensor";
import { graphAttribute, int, ints } from "../../attribute.ts";
import { graph, node, value } from "../../build.ts";
import type { Dim, Graph, Node } from "../../graph.ts";
import { type Case, filled, long, rule } from "./case.ts";

type Typed = readonly [name: string, dtype: DType, shape?: readonly Dim[]];

function body(inputs: readonly Typed[], nodes: readonly Node[], outputs: readonly Typed[]): Graph {
  const values = (typed: readonly Typed[]) => typed.map(([name, dtype, shape]) => value(name, dtype, shape));
  return graph({ name: "body", inputs: values(inputs), nodes, outputs: values(outputs) });
}

/** A branch that applies one operator to the captured first input of the case. */
const branch = (op: string, output: string) =>
  graphAttribute(body([], [node(op, ["in1"], [output])], [[output, "float32"]]));

const head: readonly Typed[] = [
  ["step", "int64", []],
  ["on", "bool", []],
];
const forever = node("Identity", ["on"], ["still"]);
const double = node("Add", ["state", "state"], ["next"]);

/** A state that keeps its shape, and one slice a step. */
const steady = body(
  [...head, ["state", "float32", [3]]],
  [forever, double, node("Relu", ["next"], ["slice"])],
  [
    ["still", "bool"],
    ["next", "float32"],
    ["slice", "float32"],
  ],
);

const scanned = body(
  [
    ["state", "float32", [3]],
    ["part", "float32", [3]],
  ],
  [node("Add", ["state", "part"], ["next"]), node("Relu", ["next"], ["slice"])],
  [
    ["next", "float32"],
    ["slice", "float32"],
  ],
);

export const controlCases: readonly Case[] = [
  rule("If", ["bool[]", "float32[2, 3]"], ["float32[2, 3]"], {
    then_branch: branch("Relu", "yes"),
    else_branch: branch("Neg", "no"),
  }),
  // A known condition takes its branch, whatever the other would give.
  rule("If", [filled("bool", []), "float32[2, 3]"], ["float32[2, 3]"], {
    then_branch: branch("Relu", "yes"),
    else_branch: branch("Shape", "no"),
  }),
  rule("Loop", [long(4), filled("bool", []), "float32[3]"], ["float32[3]", "float32[4, 3]"], {
    body: graphAttribute(steady),
  }),
  rule("Loop", [long(4), "", "float32[3]"], ["float32[3]", "float32[4, 3]"], {
    body: graphAttribute(steady),
  }),
  rule("Scan", ["float32[3]", "float32[3, 5]"], ["float32[3]", "float32[3, 5]"], {
    body: graphAttribute(scanned),
    num_scan_inputs: int(1),
    scan_input_axes: ints([1]),
    scan_output_axes: ints([-1]),
  }),
];
