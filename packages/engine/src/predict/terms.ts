// Terms: what a prediction needs the gradient of, and the change it is multiplied with. A term is one weight or one
// activation point with a change for each column; cells are sums of terms. Pure.

import { linksOf, type Node } from "@bitscape/graph";
import { toFloat32 } from "@bitscape/tensor";
import { type CellKey, cellRecipe } from "../cells/sensitivity.ts";
import { floatsOf } from "../network/constants.ts";
import type { Network } from "../network/network.ts";
import type { Point } from "../network/points.ts";
import type { Weight } from "../network/weights.ts";
import { type Plan, type PointPlan, planRecipe, type Ranges } from "../plan/plan.ts";
import { simulateWeight } from "../plan/weight.ts";
import type { Choice, Target } from "../recipe.ts";

/** A weight and its quantization errors Ŵ − W, one a column, in the weight's shape. */
export interface WeightTerm {
  readonly weight: Weight;
  readonly changes: readonly (() => Float32Array)[];
}

/** An activation tensor and its quantizers, one a column. */
export interface PointTerm {
  readonly tensor: string;
  readonly plans: readonly PointPlan[];
}

/** One column of a term. */
export interface Share {
  readonly term: string;
  readonly column: number;
}

interface MutablePoint extends PointTerm {
  readonly plans: PointPlan[];
  /** Columns by what they round to. */
  readonly known: Map<string, number>;
}

export interface Terms {
  readonly weights: readonly WeightTerm[];
  readonly points: readonly PointTerm[];
  /** For each cell asked for the shares whose directional derivatives add up to its own; cells that cannot be planned are left out. */
  readonly cells: readonly { readonly key: CellKey; readonly shares: readonly Share[] }[];
}

/**
 * The terms of some cells.
 * @param schemes what columns have besides their format
 */
export function termsOf(
  network: Network,
  keys: readonly CellKey[],
  ranges: Ranges | undefined,
  schemes: Readonly<Partial<Record<Target, Choice>>> = {},
): Terms {
  const weights = new Map<string, { weight: Weight; changes: (() => Float32Array)[] }>();
  const points = new Map<string, MutablePoint>();
  const cells: { key: CellKey; shares: Share[] }[] = [];
  const around = aroundLayers(network);
  for (const key of keys) {
    const plan = planned(around(key.layer), key, ranges, schemes[key.target]);
    if (!plan) continue;
    const shares: Share[] = [];
    for (const [term, each] of plan.weights) {
      const found = weights.get(term) ?? { weight: each.weight, changes: [] };
      weights.set(term, found);
      shares.push({ term, column: found.changes.length });
      found.changes.push(() => changeOf(network, plan, term));
    }
    for (const [term, each] of plan.points) {
      const found: MutablePoint = points.get(term) ?? { tensor: term, plans: [], known: new Map() };
      points.set(term, found);
      // Layers that share a tensor ask for the same quantizer.
      const name = JSON.stringify([each.format.name, each.scale, each.zeroPoint]);
      const column = found.known.get(name) ?? found.plans.length;
      if (column === found.plans.length) found.plans.push(each);
      found.known.set(name, column);
      shares.push({ term, column });
    }
    cells.push({ key, shares });
  }
  return { weights: [...weights.values()], points: [...points.values()], cells };
}

/** The network with no more layers and points than one layer's cells can be about: planning each of many cells on all would take long. */
function aroundLayers(network: Network): (layer: string) => Network {
  const layers = new Map(network.layers.map((layer) => [layer.id, layer]));
  const points = new Map<string, Point[]>();
  for (const point of network.points) {
    for (const id of point.deciders) points.set(id, [...(points.get(id) ?? []), point]);
  }
  const known = new Map<string, Network>();
  return (id) => {
    const found = known.get(id);
    if (found) return found;
    const layer = layers.get(id);
    const around = { ...network, layers: layer ? [layer] : [], points: points.get(id) ?? [] };
    known.set(id, around);
    return around;
  };
}

function planned(network: Network, key: CellKey, ranges: Ranges | undefined, choice: Choice | undefined) {
  try {
    return planRecipe(network, cellRecipe(key, choice), ranges);
  } catch {
    return undefined; // measuring it says why
  }
}

function changeOf(network: Network, plan: Plan, name: string): Float32Array {
  const each = plan.weights.get(name);
  if (!each) throw new Error(`weight ${name}: not planned, expected it to be`);
  const { dtype, data } = simulateWeight(network, each);
  const change = Float32Array.from(toFloat32(dtype, data));
  const exact = floatsOf(network.model.graph.constants.get(name) as never);
  for (let i = 0; i < change.length; i++) change[i] = (change[i] as number) - (exact[i] as number);
  return change;
}

/** The nodes that read a layer's weights, those that share one included. */
export function readersOf(network: Network, weight: string): readonly Node[] {
  return linksOf(network.model.graph).consumers.get(weight) ?? [];
}
