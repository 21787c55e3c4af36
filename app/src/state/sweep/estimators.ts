// The ways to predict: what each is called, and one sentence on what it does.

import type { Estimator } from "@bitscape/engine";

export interface EstimatorWords {
  readonly name: Estimator;
  readonly title: string;
  readonly note: string;
}

export const estimators: readonly EstimatorWords[] = [
  {
    name: "gauss-newton",
    title: "Gauss–Newton",
    note: "Follows each layer's actual rounding error through the gradients of the output to the loss it adds, for weights and activations.",
  },
  {
    name: "fisher",
    title: "Fisher diagonal",
    note: "Weighs the squared rounding error of every weight by its squared gradient, as if errors of different weights never met.",
  },
  {
    name: "hawq",
    title: "HAWQ trace",
    note: "Multiplies a layer's mean curvature (the trace of the Hessian, by random probes) with its squared rounding error; weights only.",
  },
];

export const estimatorTitle = (name: Estimator) =>
  estimators.find((each) => each.name === name)?.title ?? name;
