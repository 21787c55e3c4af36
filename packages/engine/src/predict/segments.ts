// Segments: a long network cut where few values cross, so that a part is one of a piece of it: loading a session takes more than
// twice as long for twice as many nodes. Forward values at the cuts come from a run before; gradients go from each piece to
// the one before it. Pure: says where to cut and what each piece has; running.ts runs them.
// Source: Griewank & Walther, Evaluating Derivatives (2nd ed., 2008), ch. 12, for reversal from kept values.

import { activityOf } from "@bitscape/grad";
import { build, type Model, readsOf, trueInputs } from "@bitscape/graph";
import type { Network } from "../network/network.ts";
import { crossings } from "../probe/stages.ts";
import type { Batching } from "./batching.ts";
import type { Chunk } from "./chunks.ts";
import type { Seeding } from "./seed.ts";
import { type PointTerm, readersOf, type WeightTerm } from "./terms.ts";

export interface Segment {
  /** Its nodes; values from before that it reads are inputs. */
  readonly model: Model;
  /** Inputs that are neither samples nor signs: made by nodes before it. */
  readonly enters: readonly string[];
  /** Of what it reads from before: the values whose gradient what lies before needs. */
  readonly back: readonly string[];
  /** Its inputs and what its nodes make. */
  readonly values: ReadonlySet<string>;
  readonly weights: readonly WeightTerm[];
  readonly points: readonly PointTerm[];
}

export interface SegmentRequest {
  readonly network: Network;
  readonly batching: Batching;
  readonly seeding: Seeding;
  readonly chunk: Chunk;
  /** About how many nodes of a part a segment is for. */
  readonly nodes?: number | undefined;
}

// Usual nodes of a part, and how many stand for each node, weight and activation.
const NODES = 2000;
const OF_NODE = 4;
const OF_WEIGHT = 6;
const OF_POINT = 9;
// Values of one sample at all cuts: they are kept for all samples of a prediction.
const CROSSING_BYTES = 2 ** 19;

/** The pieces of a network from its input on; one where it is short, or wide everywhere. */
export function segmentsOf(request: SegmentRequest): Segment[] {
  const { network, batching, seeding, chunk } = request;
  const { graph } = batching.model;
  const ends = [...cutsOf(request), graph.nodes.length];
  const behind = [
    ...chunk.weights.flatMap(({ weight }) =>
      readersOf(network, weight.name).flatMap(({ outputs }) => outputs),
    ),
    ...chunk.points.map(({ tensor }) => tensor),
  ];
  const active = activityOf(graph, batching.values, seeding.seeds.keys(), behind).values;
  return ends.map((end, i) => segmentOf(request, active, ends[i - 1] ?? 0, end));
}

/** Positions of the cuts. */
function cutsOf({ network, batching, chunk, nodes = NODES }: SegmentRequest): number[] {
  const { graph } = batching.model;
  const at = new Map(graph.nodes.map((node, i) => [node.id, i]));
  const made = new Map(graph.nodes.flatMap((node, i) => node.outputs.map((name) => [name, i] as const)));
  const costs = graph.nodes.map(() => OF_NODE);
  const add = (position: number, cost: number) => {
    costs[position] = (costs[position] ?? 0) + cost;
  };
  // The gradient of a weight is that of all its readers together.
  const spans: (readonly [number, number])[] = [];
  for (const { weight } of chunk.weights) {
    const readers = readersOf(network, weight.name).map(({ id }) => at.get(id) ?? 0);
    for (const reader of readers) add(reader, OF_WEIGHT);
    const [first, last] = [Math.min(...readers), Math.max(...readers)];
    if (first < last) spans.push([first, last]);
  }
  for (const { tensor } of chunk.points) add(made.get(tensor) ?? 0, OF_POINT);
  const sums: number[] = [0];
  for (const cost of costs) sums.push((sums.at(-1) as number) + cost);
  const total = sums.at(-1) as number;
  const count = Math.ceil(total / nodes);
  if (count < 2) return [];
  const places = crossings(graph, { ...network, values: batching.values }).filter(
    ({ position }) => !spans.some(([first, last]) => first < position && position <= last),
  );
  const cuts: number[] = [];
  let bytes = 0;
  for (let k = 1; k < count; k++) {
    const off = ({ position }: { position: number }) =>
      Math.abs((sums[position] as number) - (k * total) / count);
    const near = places.filter(
      (place) => off(place) < total / count / 2 && place.position > (cuts.at(-1) ?? 0),
    );
    const [best] = near.sort((a, b) => a.bytes - b.bytes || off(a) - off(b));
    if (!best || bytes + best.bytes / batching.size > CROSSING_BYTES) continue;
    bytes += best.bytes / batching.size;
    cuts.push(best.position);
  }
  return cuts;
}

function segmentOf(
  { network, batching, seeding, chunk }: SegmentRequest,
  active: ReadonlySet<string>,
  from: number,
  to: number,
): Segment {
  const { model, values } = batching;
  const { graph } = model;
  const nodes = graph.nodes.slice(from, to);
  const last = to === graph.nodes.length;
  const reads = new Set([...nodes, ...(last ? seeding.nodes : [])].flatMap(readsOf));
  const own = new Set(nodes.flatMap(({ outputs }) => outputs));
  const before = new Set(graph.nodes.slice(0, from).flatMap(({ outputs }) => outputs));
  const enters = [...reads].filter((name) => before.has(name));
  // Gradients of samples are complete in the first segment, whoever reads them.
  const samples = trueInputs(graph).flatMap(({ name }) => (from === 0 || reads.has(name) ? [name] : []));
  const ids = new Set(nodes.map(({ id }) => id));
  const made = (name: string) => own.has(name) || (from === 0 && samples.includes(name));
  const whole = from === 0 && last;
  const piece = {
    ...graph,
    nodes,
    inputs: [
      ...graph.inputs.filter(({ name }) => samples.includes(name)),
      ...enters.map((name) =>
        build.value(name, values.get(name)?.dtype ?? "float32", values.get(name)?.shape),
      ),
    ],
    outputs: [],
    constants: new Map([...graph.constants].filter(([name]) => reads.has(name))),
  };
  return {
    model: whole ? model : { ...model, graph: piece },
    enters,
    back: from === 0 ? [] : [...enters, ...samples].filter((name) => active.has(name)),
    values: new Set([...own, ...enters, ...samples]),
    weights: chunk.weights.filter(
      ({ weight }) => whole || readersOf(network, weight.name).some(({ id }) => ids.has(id)),
    ),
    points: chunk.points.filter(({ tensor }) => whole || made(tensor)),
  };
}

/** The input that a value's gradient from later segments is fed as. */
export const laterName = (value: string) => `bitscape.later:${value}`;

/** What stands for the seed in a segment that is not the last: gradients that later ones gave, as inputs. */
export function laterSeeding(
  values: Iterable<string>,
  { values: known }: Pick<Batching, "values">,
): Pick<Seeding, "nodes" | "constants" | "inputs" | "seeds"> {
  const names = [...values];
  return {
    nodes: [],
    constants: [],
    inputs: names.map((name) =>
      build.value(laterName(name), known.get(name)?.dtype ?? "float32", known.get(name)?.shape),
    ),
    seeds: new Map(names.map((name) => [name, laterName(name)])),
  };
}
