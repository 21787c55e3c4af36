// A network's inputs as data sets need them: the first axis may stay symbolic (samples), the others are pinned.

import { intOf, linksOf, trueInputs } from "@bitscape/graph";
import type { ModelInput } from "../data/index.ts";
import type { Network } from "./network.ts";

/** What is to be fed, in the graph's order. */
export function inputsOf({ model, values, name }: Network): ModelInput[] {
  return trueInputs(model.graph).map((input) => {
    const known = values.get(input.name);
    if (!known)
      throw new Error(`${name}: input ${input.name} has no known type and shape, expected a tensor`);
    const first = input.shape?.[0];
    const shape = known.shape.map((dim, axis) =>
      axis === 0 && typeof first !== "number" ? (first ?? null) : dim,
    );
    return { name: input.name, dtype: known.dtype, shape };
  });
}

/** Rows of the tables that integer inputs index: made-up samples stay below them. */
export function boundsOf({ model: { graph } }: Pick<Network, "model">): Record<string, number> {
  const { consumers, constants } = linksOf(graph);
  const bounds: Record<string, number> = {};
  for (const { name } of trueInputs(graph)) {
    for (const node of consumers.get(name) ?? []) {
      const table = constants.get(node.inputs[0] ?? "");
      if (node.op !== "Gather" || node.inputs[1] !== name || !table || table.shape.length === 0) continue;
      const rows = table.shape.at(intOf(node, "axis", 0)) as number;
      bounds[name] = Math.min(bounds[name] ?? rows, rows);
    }
  }
  return bounds;
}
