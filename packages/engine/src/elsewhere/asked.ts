// What a plan asks of each layer, as one record: what is written for another tool starts from it.

import type { Layer, Network } from "../network/network.ts";
import type { Plan, PointPlan, WeightPlan } from "../plan/plan.ts";

export interface Asked {
  readonly layer: Layer;
  /** Of its one weight; undefined where it stays float, or has none. */
  readonly weight: WeightPlan | undefined;
  /** Of the input that is not the weight; undefined where it stays float. */
  readonly input: PointPlan | undefined;
  /** Every input of a layer without weights that is quantized; empty where one of them is not. */
  readonly inputs: readonly PointPlan[];
}

export function askedOf({ layers }: Pick<Network, "layers">, plan: Plan): readonly Asked[] {
  const points = pointsByTensor(plan);
  return layers.map((layer) => {
    const { node, weights } = layer;
    const own = new Set(weights.map(({ name }) => name));
    const weight = plan.weights.get(weights[0]?.name ?? "");
    const input = points.get(node.inputs.find((name) => name !== "" && !own.has(name)) ?? "");
    const all = weights.length > 0 ? [] : node.inputs.flatMap((name) => points.get(name) ?? []);
    return { layer, weight, input, inputs: all.length === node.inputs.length ? all : [] };
  });
}

export function pointsByTensor({ points }: Plan): ReadonlyMap<string, PointPlan> {
  return new Map(
    [...points.values()].flatMap((each) =>
      [each.point.tensor, ...each.point.aliases].map((name) => [name, each] as const),
    ),
  );
}

/** Sentences of what a recipe has besides settings of tensors, which no other tool is told. */
export function changesOf({
  repairs = [],
  tokens,
}: {
  readonly repairs?: readonly string[] | undefined;
  readonly tokens?: object | undefined;
}): string[] {
  return [
    ...repairs.map((repair) => `${repair}: a change of the network, not a setting; left out`),
    ...(tokens ? ["tokens: folding is a change of the network, not a setting; left out"] : []),
  ];
}

/** A sentence where rounding is not to the nearest, which is all that another tool does. */
export const roundingOf = ({ weights }: Plan, tool: string): string[] =>
  [...weights.values()].some(({ scheme }) => scheme.rounding === "squant")
    ? [`rounding: ${tool} rounds to nearest, expected SQuant's rounding in places`]
    : [];
