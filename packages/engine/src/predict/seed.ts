// The seed of predictions: the gradient at a network's output whose mean square along a change of it is the divergence that
// the change makes, to second order. As nodes behind the output, with random signs as an input.
//
// Classes: KL(p ‖ q) ≈ ½ δᵀ(diag p − p pᵀ)δ for a change δ of the logits (Martens 2020, "New insights and perspectives on
// the natural gradient method", eq. 6). With signs ε the vector v = √p ∘ ε − p · Σ √p ε has E[v vᵀ] = diag p − p pᵀ. No label is
// drawn: that of a sure network is nearly always the same one, and the rare others carry all of the variance.
// Values: the relative squared error is δᵀδ / Σ y² itself; v = ε / √Σ y².

import {
  build,
  type Constant,
  constantOf,
  type Inferred,
  int,
  type Node,
  type ValueInfo,
} from "@bitscape/graph";
import { seededRandom, sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import type { Dataset } from "../data/index.ts";
import type { Feeds } from "../runtime/runtime.ts";
import type { OutputKind } from "../score/output.ts";

/** One run of a sample: with the signs of this draw. */
export interface Slot {
  /** In the data set. */
  readonly index: number;
  /** From 0: a sample may be run several times. */
  readonly draw: number;
}

export interface Seeding {
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly ValueInfo[];
  /** The gradient at each output that has one, by output. */
  readonly seeds: ReadonlyMap<string, string>;
  /** Signs of some slots, drawn from each one's own seed: the same in whatever batch it runs. */
  readonly feeds: (slots: readonly Slot[]) => Feeds;
}

const TINY = 1e-30;
const inner = (name: string) => `bitscape.seed.${name}`;

/** @param values shapes for as many samples as run together */
export function seeding(
  kind: OutputKind,
  values: ReadonlyMap<string, Inferred>,
  dataset: Pick<Dataset, "labels" | "size">,
  batch: number,
): Seeding {
  return kind.kind === "classes"
    ? classSeeding(kind, values, dataset, batch)
    : valueSeeding(kind.outputs, values, batch);
}

function classSeeding(
  { output, form, classes }: Extract<OutputKind, { kind: "classes" }>,
  values: ReadonlyMap<string, Inferred>,
  dataset: Pick<Dataset, "labels" | "size">,
  batch: number,
): Seeding {
  const shape = values.get(output)?.shape as readonly number[];
  const positions = sizeOf(shape) / classes / batch;
  const rows = [batch, positions, classes];
  const last = constantOf(inner("last"), tensor("int64", [1], [-1]));
  const inside = constantOf(inner("rows"), tensor("int64", [3], rows));
  const outside = constantOf(inner("shape"), tensor("int64", [shape.length], shape));
  const tiny = constantOf(inner("tiny"), tensor("float32", [], [TINY]));
  const [signs, seed] = [inner("signs"), inner("gradient")];
  const step = (op: string, inputs: readonly string[], out: string, attributes = {}) =>
    build.node(op, inputs, [inner(out)], attributes, inner(out));
  const flat = step("Reshape", [output, inside.name], "scores");
  const shaped = (from: string) => build.node("Reshape", [inner(from), outside.name], [seed], {}, seed);
  const nodes =
    form === "probabilities"
      ? [
          flat,
          step("Max", [inner("scores"), tiny.name], "p"),
          step("Sqrt", [inner("p")], "root"),
          step("Div", [signs, inner("root")], "v"),
          shaped("v"),
        ]
      : [
          flat,
          step("Softmax", [inner("scores")], "p", { axis: int(-1) }),
          step("Sqrt", [inner("p")], "root"),
          step("Mul", [inner("root"), signs], "drawn"),
          step("ReduceSum", [inner("drawn"), last.name], "sum"),
          step("Mul", [inner("p"), inner("sum")], "mean"),
          step("Sub", [inner("drawn"), inner("mean")], "v"),
          shaped("v"),
        ];
  return {
    nodes,
    constants: form === "probabilities" ? [inside, outside, tiny] : [inside, outside, last],
    inputs: [build.value(signs, "float32", rows)],
    seeds: new Map([[output, seed]]),
    feeds: (slots) => {
      const data = new Float32Array(sizeOf(rows));
      for (const [i, slot] of slots.entries()) {
        const random = randomOf(slot);
        for (const [position, weight] of positionWeights(dataset, slot.index, positions).entries()) {
          const from = (i * positions + position) * classes;
          for (let c = from; c < from + classes; c++) data[c] = random() < 0.5 ? -weight : weight;
        }
      }
      return { [signs]: { dtype: "float32", shape: rows, data } };
    },
  };
}

/**
 * What the seed of each position of a sample is multiplied by: its divergence is a mean over its positions, of which those
 * without a label are padding.
 */
export function positionWeights(
  { labels, size }: Pick<Dataset, "labels" | "size">,
  index: number,
  positions: number,
): number[] {
  const perSample = labels ? labels.length / size : 0;
  const counted = Array.from(
    { length: positions },
    (_, position) =>
      perSample <= 1 || (position < perSample && (labels?.[index * perSample + position] ?? -1) >= 0),
  );
  const count = counted.filter((each) => each).length;
  return counted.map((each) => (each ? 1 / Math.sqrt(count) : 0));
}

function valueSeeding(
  outputs: readonly string[],
  values: ReadonlyMap<string, Inferred>,
  batch: number,
): Seeding {
  const tiny = constantOf(inner("tiny"), tensor("float32", [], [TINY]));
  const parts = outputs.map((output, k) => {
    const shape = values.get(output)?.shape as readonly number[];
    const axes = shape.map((_, axis) => axis).slice(shape[0] === batch ? 1 : 0);
    const name = (what: string) => inner(`${what}${k}`);
    const along = constantOf(name("axes"), tensor("int64", [axes.length], axes));
    const step = (op: string, inputs: readonly string[], out: string, attributes = {}) =>
      build.node(op, inputs, [name(out)], attributes, name(out));
    const nodes = [
      step("Mul", [output, output], "squares"),
      axes.length > 0
        ? step("ReduceSum", [name("squares"), along.name], "power")
        : step("Identity", [name("squares")], "power"),
      step("Max", [name("power"), tiny.name], "some"),
      step("Sqrt", [name("some")], "norm"),
      step("Div", [name("signs"), name("norm")], "gradient"),
    ];
    return { output, shape, nodes, along, signs: name("signs"), seed: name("gradient") };
  });
  // The divergence is a mean over outputs.
  const one = 1 / Math.sqrt(outputs.length);
  return {
    nodes: parts.flatMap(({ nodes }) => nodes),
    constants: [tiny, ...parts.map(({ along }) => along)],
    inputs: parts.map(({ signs, shape }) => build.value(signs, "float32", shape)),
    seeds: new Map(parts.map(({ output, seed }) => [output, seed])),
    feeds: (slots) =>
      Object.fromEntries(parts.map(({ signs, shape }, k) => [signs, signsOf(shape, slots, k, one)])),
  };
}

function signsOf(shape: readonly number[], slots: readonly Slot[], stream: number, one: number): Tensor {
  const data = new Float32Array(sizeOf(shape));
  const each = data.length / slots.length;
  for (const [i, slot] of slots.entries()) {
    const random = randomOf(slot, stream);
    for (let at = i * each; at < (i + 1) * each; at++) data[at] = random() < 0.5 ? -one : one;
  }
  return { dtype: "float32", shape, data };
}

// Far apart, so that no two slots share a seed (mulberry32 walks through all of its states).
const randomOf = ({ index, draw }: Slot, stream = 0) =>
  seededRandom(index + 1_000_003 * draw + 50_000_017 * stream);
