// Shape rules of If, Loop and Scan: their subgraphs are inferred in turn. Source: ONNX If, Loop 11 to 25, Scan 9 to 25.

import { intOf, intsOf } from "../../attribute.ts";
import type { Graph } from "../../graph.ts";
import type { OpType } from "../../ops/names.ts";
import { literal, numbersOf } from "../numbers.ts";
import { agree, dim, type InferRule, type Inferred, like, need, type Site } from "../rule.ts";

function body(site: Site, name: string): Graph {
  const attribute = site.node.attributes.get(name);
  if (attribute?.type !== "graph") throw new Error(`attribute ${name}: absent, expected a graph`);
  return attribute.value;
}

const scalar = (input: Inferred | undefined) => (input?.value ? numbersOf(input.value)[0] : undefined);

/** Both branches' output where they agree; its value only where the branch is known. */
function agreed(yes: Inferred | undefined, no: Inferred | undefined): Inferred | undefined {
  return yes && no && agree(yes, no) ? like(yes) : undefined;
}

/** A state after any number of steps: known where one step keeps its type and shape. */
function settled(before: Inferred | undefined, after: Inferred | undefined): Inferred | undefined {
  return before && after && agree(before, after) ? like(before) : undefined;
}

/** A scan output: one slice a step along `axis`. */
function stacked(slice: Inferred | undefined, count: number | undefined, axis: number): Inferred | undefined {
  if (!slice || count === undefined) return undefined;
  const at = axis < 0 ? axis + slice.shape.length + 1 : axis;
  return like(slice, slice.shape.toSpliced(at, 0, count));
}

const condition: InferRule = (site) => {
  const taken = scalar(site.inputs[0]);
  // A branch that these pins never take may not even fit them.
  if (taken !== undefined) return site.run(body(site, taken ? "then_branch" : "else_branch"), []);
  const yes = site.run(body(site, "then_branch"), []);
  const no = site.run(body(site, "else_branch"), []);
  return site.node.outputs.map((_, i) => agreed(yes[i], no[i]));
};

const loop: InferRule = (site) => {
  const [limit, start, ...states] = site.inputs;
  const graph = body(site, "body");
  // The body only ever runs under a true condition.
  const goes = literal("bool", [], [1]);
  const head = [{ dtype: "int64" as const, shape: limit?.shape ?? [] }, goes];
  const [next, ...results] = site.run(graph, [...head, ...states.map((state) => state && like(state))]);
  const after = states.map((state, i) => settled(state, results[i]));
  // A state that grows has no one shape inside the body either.
  const again = after.every((state, i) => state || !states[i])
    ? results
    : site.run(graph, [...head, ...after]).slice(1);
  const scans = again.slice(states.length).map((slice) => stacked(slice, tripCount(limit, start, next), 0));
  return [...after, ...scans];
};

/** The limit, where the condition is true at first and stays so; else unknown. */
function tripCount(limit?: Inferred, start?: Inferred, next?: Inferred): number | undefined {
  const initial = start ? scalar(start) : 1;
  if (initial === 0) return 0;
  return initial && scalar(next) ? scalar(limit) : undefined;
}

const scan: InferRule = (site) => {
  if (site.opset < 9) throw new Error("Scan of opset 8, expected 9 or later");
  const count = intOf(site.node, "num_scan_inputs", 0);
  const stateCount = site.inputs.length - count;
  const inputAxes = intsOf(site.node, "scan_input_axes") ?? [];
  const outputAxes = intsOf(site.node, "scan_output_axes") ?? [];
  let steps = 0;
  const feeds = site.inputs.map((_, i) => {
    const input = need(site, i);
    if (i < stateCount) return like(input);
    const asked = inputAxes[i - stateCount] ?? 0;
    const axis = asked < 0 ? asked + input.shape.length : asked;
    steps = dim(input.shape, axis);
    return like(input, input.shape.toSpliced(axis, 1));
  });
  const results = site.run(body(site, "body"), feeds);
  return results.map((result, i) =>
    i < stateCount
      ? settled(site.inputs[i], result)
      : stacked(result, steps, outputAxes[i - stateCount] ?? 0),
  );
};

export const control = { If: condition, Loop: loop, Scan: scan } satisfies Partial<Record<OpType, InferRule>>;
