// A network's inputs as data sets need them: the first axis may stay symbolic (samples), the others are pinned.

import { trueInputs } from "@bitscape/graph";
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
