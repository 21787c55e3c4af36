// The probe: the float graph rewritten once, with each quantizable weight (and each bias that integer kernels need as
// integers) an input and each activation point passed through a fake-quantizer that a fed switch turns on. Every measurement is then a feed, not a session.

import {
  build,
  encodeModel,
  graphAttribute,
  type Model,
  type Node,
  readsOf,
  renameReads,
} from "@bitscape/graph";
import { type Tensor, tensor } from "@bitscape/tensor";
import { biasPlans, biasValues, integerBias, integerBiases } from "./bias.ts";
import type { Network } from "./network/network.ts";
import type { Plan, PointPlan } from "./plan.ts";
import { Prefixes } from "./prefixes.ts";
import type { Feeds, Runtime, Session } from "./runtime.ts";
import { type Cut, findCuts, prefixModel, suffixModel } from "./stages.ts";
import { floatWeight, quantizeWeight, simulateWeight } from "./weight.ts";

/** Scalars that each quantizer is fed, and their types. */
const quantizerInputs = {
  scale: "float32",
  zero: "uint8",
  low: "float32",
  high: "float32",
  on: "bool",
} as const;
const quantizerInput = (point: string, what: string) => `bitscape.${what}:${point}`;

/** The probe's model: same outputs as the float network, and the inputs described above. */
export function probeModel(network: Network): Model {
  const { graph } = network.model;
  const weights = network.layers.flatMap((layer) => layer.weights);
  const constants = new Map(graph.constants);
  const inputs = graph.inputs.filter((input) => !constants.has(input.name));
  for (const weight of weights) {
    constants.delete(weight.name);
    inputs.push(build.value(weight.name, weight.dtype, weight.shape));
  }
  for (const { bias } of integerBiases(network)) {
    constants.delete(bias.name);
    inputs.push(build.value(bias.name, bias.dtype, bias.shape));
  }
  const renamed = new Map<string, string>();
  const made = new Map<string, Node>();
  for (const { tensor: name } of network.points) {
    renamed.set(name, `${name}/bitscape.quantized`);
    made.set(name, fakeQuantizer(name, renamed.get(name) as string));
    for (const [what, dtype] of Object.entries(quantizerInputs)) {
      inputs.push(build.value(quantizerInput(name, what), dtype, []));
    }
  }
  const nodes: Node[] = [];
  for (const input of graph.inputs) pushQuantizer(nodes, made, input.name);
  for (const node of graph.nodes) {
    nodes.push(renameReads(node, (name) => renamed.get(name) ?? name));
    for (const output of node.outputs) pushQuantizer(nodes, made, output);
  }
  // Shapes that files declare for outputs may be wrong for other batches, and an If trusts them.
  const outputs = graph.outputs.map(({ name, dtype }) => ({ name, ...(dtype && { dtype }) }));
  return { ...network.model, graph: { ...graph, nodes, constants, inputs, outputs, valueInfo: [] } };
}

function pushQuantizer(nodes: Node[], made: ReadonlyMap<string, Node>, name: string): void {
  const quantizer = made.get(name);
  if (quantizer) nodes.push(quantizer);
}

/**
 * x ↦ dequantize(quantize(clip(x, low, high))) where switched on, x where off. QuantizeLinear and DequantizeLinear
 * themselves, on 8-bit codes; narrower formats are had by clipping to what they represent, which rounds to their outermost
 * codes. (Measured in WebAssembly: half the cost of dividing, rounding, clipping and multiplying.) An If, so that a
 * quantizer that is off costs nothing.
 */
function fakeQuantizer(name: string, output: string): Node {
  const [scale, zero, low, high] = ["scale", "zero", "low", "high"].map((what) =>
    quantizerInput(name, what),
  ) as [string, string, string, string];
  const step = (what: string) => `${output}.${what}`;
  const on = build.graph({
    name: step("on"),
    nodes: [
      build.node("Clip", [name, low, high], [step("clip")]),
      build.node("QuantizeLinear", [step("clip"), scale, zero], [step("codes")]),
      build.node("DequantizeLinear", [step("codes"), scale, zero], [step("value")]),
    ],
    inputs: [],
    outputs: [build.value(step("value"), "float32")],
  });
  const off = build.graph({
    name: step("off"),
    nodes: [build.node("Identity", [name], [step("same")])],
    inputs: [],
    outputs: [build.value(step("same"), "float32")],
  });
  const branches = { then_branch: graphAttribute(on), else_branch: graphAttribute(off) };
  return build.node("If", [quantizerInput(name, "on")], [output], branches, output);
}

/** What one point's quantizer is fed; a missing plan switches it off. */
function quantizerFeeds(name: string, plan: PointPlan | undefined): [string, Tensor][] {
  const { scale, zeroPoint, format } = plan ?? {
    scale: 1,
    zeroPoint: 0,
    format: { qmin: 0, qmax: 0, signed: false },
  };
  const end = (code: number) => (code - zeroPoint) * scale;
  // Codes are uint8 for signed formats too, moved up by half the range: the values they stand for are the same.
  const zero = zeroPoint + (format.signed ? 128 : 0);
  const fed: Record<keyof typeof quantizerInputs, number> = {
    scale,
    zero,
    low: end(format.qmin),
    high: end(format.qmax),
    on: plan ? 1 : 0,
  };
  return Object.entries(quantizerInputs).map(([what, dtype]) => [
    quantizerInput(name, what),
    tensor(dtype, [], [fed[what as keyof typeof quantizerInputs]]),
  ]);
}

/** Runs one batch of samples, named by their indices in the data set. */
export type Run = (samples: Feeds, indices: readonly number[]) => Promise<Feeds>;

/** A loaded probe: runs any plan on any samples. */
export class Probe {
  readonly #network: Network;
  readonly #runtime: Runtime;
  readonly #model: Model;
  readonly #cuts: readonly Cut[];
  readonly #session: Session;
  readonly #stages = new Map<Cut, Promise<Stage>>();
  readonly #prefixes = new Prefixes();
  readonly #float: ReadonlyMap<string, Tensor>;

  private constructor(
    network: Network,
    runtime: Runtime,
    model: Model,
    cuts: readonly Cut[],
    session: Session,
  ) {
    this.#network = network;
    this.#runtime = runtime;
    this.#model = model;
    this.#cuts = cuts;
    this.#session = session;
    const weights = network.layers.flatMap((layer) => layer.weights);
    const biases = integerBiases(network).map(({ bias }) => bias);
    const off = network.points.flatMap((point) => quantizerFeeds(point.tensor, undefined));
    this.#float = new Map([
      ...[...weights, ...biases].map(({ name }) => [name, floatWeight(network, name)] as const),
      ...off,
    ]);
  }

  static async load(network: Network, runtime: Runtime): Promise<Probe> {
    const model = probeModel(network);
    return new Probe(
      network,
      runtime,
      model,
      findCuts(model, network),
      await runtime.load(encodeModel(model)),
    );
  }

  /** What to feed beside the samples so that the network computes as a plan says; the float network without one. */
  settings(plan?: Plan): Feeds {
    return Object.fromEntries([...this.#float, ...this.#changes(plan)]);
  }

  /** The feeds that a plan changes. */
  #changes(plan: Plan | undefined): Map<string, Tensor> {
    const feeds = new Map<string, Tensor>();
    const network = this.#network;
    for (const [name, weight] of plan?.weights ?? []) feeds.set(name, simulateWeight(network, weight));
    for (const each of plan ? biasPlans(network, plan) : []) {
      const { scale } = quantizeWeight(network, each.weight);
      const { dtype, shape, name } = each.bias;
      feeds.set(name, { dtype, shape, data: biasValues(integerBias(each, scale)) });
    }
    for (const [name, point] of plan?.points ?? []) {
      for (const [input, value] of quantizerFeeds(name, point)) feeds.set(input, value);
    }
    return feeds;
  }

  run(samples: Feeds, settings: Feeds): Promise<Record<string, Tensor>> {
    return this.#session.run({ ...settings, ...samples });
  }

  /**
   * Runs a plan that changes few tensors on many batches: what lies before the first change is the float network's,
   * computed once for each batch and kept where memory allows.
   * @param samples how many there are in all
   */
  runner(plan: Plan, samples: number): Run {
    const changes = this.#changes(plan);
    const settings = Object.fromEntries([...this.#float, ...changes]);
    const first = this.#model.graph.nodes.findIndex((node) =>
      readsOf(node).some((name) => changes.has(name)),
    );
    const cut = this.#prefixes.affordable(this.#cuts, samples).findLast(({ position }) => position <= first);
    if (!cut) return (feeds) => this.run(feeds, settings);
    const float = Object.fromEntries(this.#float);
    return async (feeds, indices) => {
      const { before, after } = await this.#stage(cut);
      const kept = await this.#prefixes.at(cut, indices, () => before.run({ ...float, ...feeds }));
      return { ...kept, ...(await after.run({ ...settings, ...feeds, ...kept })) };
    };
  }

  /** The sessions on both sides of a cut, loaded when first asked for. */
  #stage(cut: Cut): Promise<Stage> {
    const known = this.#stages.get(cut);
    if (known) return known;
    const load = async () => ({
      before: await this.#runtime.load(encodeModel(prefixModel(this.#model, cut))),
      after: await this.#runtime.load(encodeModel(suffixModel(this.#model, cut))),
    });
    const loading = load();
    this.#stages.set(cut, loading);
    return loading;
  }

  async release(): Promise<void> {
    for (const stage of this.#stages.values()) {
      const { before, after } = await stage;
      await before.release();
      await after.release();
    }
    await this.#session.release();
  }
}

interface Stage {
  readonly before: Session;
  readonly after: Session;
}
