// A model of an older opset as a model of a newer one that computes the same. Not a downgrade, and not for opsets
// before 7. Source: ONNX operator changelog; the tables are history.ts, compatible.ts and steps.ts.

import { irVersionFor } from "../build.ts";
import { Unsupported } from "../error.ts";
import { type Graph, type Model, type Node, opsetOf } from "../graph.ts";
import { mapBodies } from "../simplify/bodies.ts";
import { fixInitializers } from "../simplify/constants.ts";
import { namesBeside } from "../simplify/names.ts";
import { isCompatible } from "./compatible.ts";
import { Context, type RaiseOptions, type Raising } from "./context.ts";
import { onlyFloatType } from "./floats.ts";
import { raiseFunctions } from "./functions.ts";
import { changesOf, newestOpset, oldestOpset } from "./history.ts";
import { refusal } from "./step.ts";
import { stepTo } from "./steps.ts";

/**
 * The model at ai.onnx opset `to`; the same model where it is there already. The IR version rises with it.
 * @throws Unsupported naming the node for a change that no one converts
 */
export function raiseOpset(model: Model, to: number, options: RaiseOptions = {}): Model {
  const from = opsetOf(model);
  if (to > newestOpset) throw new Error(`opset: ${to}, expected at most ${newestOpset}`);
  if (from >= to) return model;
  if (from < oldestOpset) throw new Unsupported(`opset: ${from}, expected at least ${oldestOpset}`);
  let floatType: { readonly dtype: ReturnType<typeof onlyFloatType> } | undefined;
  const raising: Raising = {
    ...options,
    from,
    to,
    names: namesBeside(model.graph),
    floatType: () => {
      floatType ??= { dtype: onlyFloatType(model.graph) };
      return floatType.dtype;
    },
  };
  const irVersion = Math.max(model.irVersion, irVersionFor(to));
  // Before IR version 4 every initializer is an input too, and constant; from 4 on the input would make it a default.
  const { graph } = model.irVersion < 4 && irVersion >= 4 ? fixInitializers(model) : model;
  return {
    ...model,
    graph: raiseGraph(graph, raising),
    opsets: new Map([...model.opsets, ["", to]]),
    irVersion,
    ...(model.source && { source: raiseFunctions(model.source, to) }),
  };
}

function raiseGraph(graph: Graph, raising: Raising, outer?: Context): Graph {
  const context = new Context(graph, raising, outer);
  return context.finish(
    graph.nodes.flatMap((node) => {
      const raised = mapBodies(node, (body) => raiseGraph(body, raising, context));
      return node.domain === "" ? climb(raised, raising.from, context) : [raised];
    }),
  );
}

/** The node at one opset as nodes of the target, one change after the other. */
function climb(node: Node, from: number, context: Context): readonly Node[] {
  let before = from;
  for (const version of changesOf(node.op, from, context.to)) {
    const step = stepTo(node.op, version);
    if (step && (!node.inputs[0] || !node.outputs[0])) {
      throw refusal(node, step, "no input or no output, expected one of each at least");
    }
    if (step) return step.convert(node, context).flatMap((each) => climb(each, version, context));
    if (!isCompatible(node.op, version)) {
      throw refusal(
        node,
        { from: before, to: version },
        "a change that is not converted yet, expected one that is",
      );
    }
    before = version;
  }
  return [node];
}
