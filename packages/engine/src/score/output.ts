// What a network's output means: classes (and in which form their scores are), or plain values. Decides which
// divergence is meant by "how much the output changed".

import { type Inferred, linksOf } from "@bitscape/graph";
import type { Network } from "../network/network.ts";

export type OutputKind =
  /** One distribution over the last axis for each sample or position. */
  | {
      readonly kind: "classes";
      readonly output: string;
      readonly form: "probabilities" | "logProbabilities" | "logits";
      readonly classes: number;
    }
  | { readonly kind: "values"; readonly outputs: readonly string[] };

const forms: Readonly<Record<string, "probabilities" | "logProbabilities">> = {
  Softmax: "probabilities",
  LogSoftmax: "logProbabilities",
};

/** Operators that keep a distribution what it is on the way to the output. */
const transparent = new Set(["Identity", "Reshape", "Flatten", "Squeeze", "Cast"]);

/**
 * Reads the kind off the graph: a (Log)Softmax at the end, or scores of rank 2, or scores with a label for each
 * position, are classes; all else is values.
 * @param labelled labels are at hand, one a sample or one a position
 */
export function outputKind(network: Network, labelled: boolean): OutputKind {
  const { graph } = network.model;
  const floats = graph.outputs.filter(({ name }) => isFloat(network.values.get(name)));
  const main = floats[0];
  if (!main) throw new Error(`${network.name}: no float output, expected one to compare`);
  const shape = network.values.get(main.name)?.shape ?? [];
  // Trailing 1×1 of older classifiers is dropped: [N, C, 1, 1] are N distributions over C.
  const squeezed = shape.filter((dim, axis) => axis < 2 || dim !== 1);
  const classes = squeezed.at(-1) ?? 0;
  const form = tailForm(network, main.name);
  const likely = form !== undefined || squeezed.length === 2 || (labelled && squeezed.length === 3);
  if (likely && squeezed.length >= 2 && squeezed.length <= 3 && classes >= 2) {
    return { kind: "classes", output: main.name, form: form ?? "logits", classes };
  }
  return { kind: "values", outputs: floats.map(({ name }) => name) };
}

function isFloat(value: Inferred | undefined): boolean {
  return value?.dtype === "float32" || value?.dtype === "float16";
}

function tailForm(network: Network, output: string): "probabilities" | "logProbabilities" | undefined {
  const { producer } = linksOf(network.model.graph);
  let node = producer.get(output);
  while (node && transparent.has(node.op)) node = producer.get(node.inputs[0] as string);
  return node ? forms[node.op] : undefined;
}
