// What one part of a prediction is asked for: which weights and tensors change, and how. Types only; its graph is part.ts.

import type { Network } from "../network/network.ts";
import type { Weight } from "../network/weights.ts";
import type { PointPlan } from "../plan/plan.ts";
import type { Batching } from "./batching.ts";
import type { Form, Formulation } from "./formulation.ts";
import type { Seeding } from "./seed.ts";

/** A weight with its changes in memory. */
export interface WeightChanges {
  readonly weight: Weight;
  readonly changes: readonly Float32Array[];
}

/** An activation tensor with the plans it is tried with. */
export interface PointChanges {
  readonly tensor: string;
  readonly plans: readonly PointPlan[];
}

export interface PartRequest {
  readonly network: Network;
  readonly batching: Batching;
  readonly seeding: Pick<Seeding, "nodes" | "constants" | "inputs" | "seeds">;
  readonly weights: readonly WeightChanges[];
  readonly points: readonly PointChanges[];
  /** Instead of what costs less, for tests. */
  readonly formulation?: Formulation | undefined;
  readonly form: Form;
  /** Values whose gradients are wanted themselves, for what lies before. */
  readonly back?: readonly string[] | undefined;
}
