// Heads of the trace: the divergence from the float network's own outputs as a loss with a seed, each row of it weighted by its
// share of the mean over samples and positions.

import { divergence, type Forward, type Headed, squaredError } from "@bitscape/grad";
import { build, type Node } from "@bitscape/graph";
import { sizeOf, type Tensor, toFloat32 } from "@bitscape/tensor";
import type { Dataset } from "../data/index.ts";
import { rowOf } from "../runtime/batches.ts";
import type { Feeds } from "../runtime/runtime.ts";
import { logProbabilities } from "../score/metric.ts";
import type { OutputKind } from "../score/output.ts";
import type { Batching } from "./batching.ts";
import { positionWeights } from "./seed.ts";

/** A loss against what the float network answers. */
export interface Head {
  /** What it is put on. */
  readonly of: string;
  /** Nodes that make it of an output, where it is none. */
  readonly nodes: readonly Node[];
  readonly shape: readonly number[];
  readonly target: string;
  /** Each row's share of the mean. */
  readonly scale: string;
  readonly scaleShape: readonly number[];
  readonly put: (
    forward: Forward | Headed,
    options: { of: string; against: string; reduction: "sum" },
  ) => Headed;
  /** Feeds of the target and the scale. */
  readonly given: (own: Tensor, batch: { indices: readonly number[]; count: number }) => Feeds;
}

/** One head for each output that is compared. */
export function headsOf(kind: OutputKind, batching: Batching, dataset: Dataset): Head[] {
  const { size, values } = batching;
  const outputs = kind.kind === "classes" ? [kind.output] : kind.outputs;
  return outputs.map((output, k): Head => {
    const shape = values.get(output)?.shape ?? [];
    const [target, scale] = [name(`target${k}`), name(`scale${k}`)];
    const common = { shape, target, scale };
    if (kind.kind === "classes") {
      const { classes, form } = kind;
      const positions = sizeOf(shape) / classes / size;
      // The axis of classes: the last but for an old classifier's trailing ones.
      const scaleShape = shape.with(shape.lastIndexOf(classes), 1);
      const logits = form === "probabilities" ? name("logits") : output;
      return {
        ...common,
        of: logits,
        nodes: form === "probabilities" ? [build.node("Log", [output], [logits], {}, logits)] : [],
        scaleShape,
        put: (forward, options) => divergence(forward, { ...options, axis: shape.lastIndexOf(classes) }),
        given: (own, { indices, count }) => {
          const logP = logProbabilities(toFloat32(own.dtype, own.data), { ...kind, form: "logits" });
          const share = new Float32Array(size * positions);
          for (const [i, index] of indices.slice(0, count).entries()) {
            for (const [position, weight] of positionWeights(dataset, index, positions).entries())
              share[i * positions + position] = weight ** 2 / count;
          }
          return {
            [target]: { dtype: "float32", shape, data: Float32Array.from(logP) },
            [scale]: { dtype: "float32", shape: scaleShape, data: share },
          };
        },
      };
    }
    const scaleShape = [size, ...shape.slice(1).map(() => 1)];
    return {
      ...common,
      of: output,
      nodes: [],
      scaleShape,
      put: squaredError,
      given: (own, { indices, count }) => {
        const share = Float32Array.from({ length: size }, (_, i) =>
          i < count
            ? 1 / (count * outputs.length * Math.max(squares(rowOf(own, i, indices.length)), 1e-30))
            : 0,
        );
        return { [target]: own, [scale]: { dtype: "float32", shape: scaleShape, data: share } };
      },
    };
  });
}

const name = (what: string) => `bitscape.trace.${what}`;

const squares = (values: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return sum;
};
