// The probe: the float graph rewritten once, with each quantizable weight (and each bias that integer kernels need as
// integers) an input and each activation point passed through a fake-quantizer that a fed switch turns on. Every measurement is then a feed, not a session.

import {
  build,
  encodeModel,
  type Model,
  type Node,
  opsetOf,
  raiseOpset,
  readsOf,
  renameReads,
} from "@bitscape/graph";
import type { Encoded } from "@bitscape/quant";
import type { Tensor } from "@bitscape/tensor";
import type { Network } from "../network/network.ts";
import { biasPlans, biasValues, changedBiases, integerBias, weightScale, withBiases } from "../plan/bias.ts";
import type { Plan, WeightPlan } from "../plan/plan.ts";
import { encodeWeight, floatWeight, simulateWeight } from "../plan/weight.ts";
import type { Feeds, Runtime, Session } from "../runtime/runtime.ts";
import { Prefixes } from "./prefixes.ts";
import {
  type Form,
  formOf,
  formOfFeeds,
  formOpset,
  quantizerConstants,
  quantizerFeeds,
  quantizerInputs,
  quantizerNode,
} from "./quantizer.ts";
import { type Cut, findCuts, prefixModel, suffixModel } from "./stages.ts";
import { sameFeed, Trail } from "./trail.ts";

/** The probe's model: same outputs as the float network, and the inputs described above. */
export function probeModel(network: Network, form: Form = "integer8"): Model {
  const base =
    opsetOf(network.model) < formOpset[form] ? raiseOpset(network.model, formOpset[form]) : network.model;
  const { graph } = base;
  const weights = network.layers.flatMap((layer) => layer.weights);
  const constants = new Map(graph.constants);
  const inputs = graph.inputs.filter((input) => !constants.has(input.name));
  for (const weight of weights) {
    constants.delete(weight.name);
    inputs.push(build.value(weight.name, weight.dtype, weight.shape));
  }
  for (const bias of changedBiases(network)) {
    constants.delete(bias.name);
    inputs.push(build.value(bias.name, bias.dtype, bias.shape));
  }
  for (const each of quantizerConstants(form)) constants.set(each.name, each);
  const renamed = new Map<string, string>();
  const made = new Map<string, Node>();
  for (const { tensor: name } of network.points) {
    const quantized = `${name}/bitscape.quantized`;
    renamed.set(name, quantized);
    made.set(name, quantizerNode(name, quantized, form));
    inputs.push(...quantizerInputs(name, form));
  }
  const nodes: Node[] = [];
  for (const input of graph.inputs) pushQuantizer(nodes, made, input.name);
  for (const node of graph.nodes) {
    nodes.push(renameReads(node, (name) => renamed.get(name) ?? name));
    for (const output of node.outputs) pushQuantizer(nodes, made, output);
  }
  // Shapes that files declare for outputs may be wrong for other batches, and an If trusts them.
  const outputs = graph.outputs.map(({ name, dtype }) => ({ name, ...(dtype && { dtype }) }));
  return { ...base, graph: { ...graph, nodes, constants, inputs, outputs, valueInfo: [] } };
}

function pushQuantizer(nodes: Node[], made: ReadonlyMap<string, Node>, name: string): void {
  const quantizer = made.get(name);
  if (quantizer) nodes.push(quantizer);
}

/** Where the weights of plans come from: encoded anew each time, or kept by who asks for the same ones again and again. */
export interface WeightSource {
  readonly encoded: (plan: WeightPlan) => Encoded;
  readonly simulated: (plan: WeightPlan) => Tensor;
}

/** Runs one batch of samples, named by their indices in the data set. */
export type Run = (samples: Feeds, indices: readonly number[]) => Promise<Feeds>;

/** The sessions of one form of a probe. */
class Loaded {
  readonly session: Session;
  readonly #runtime: Runtime;
  readonly #model: Model;
  readonly #cuts: readonly Cut[];
  readonly #stages = new Map<Cut, Promise<Stage>>();

  private constructor(runtime: Runtime, model: Model, cuts: readonly Cut[], session: Session) {
    this.#runtime = runtime;
    this.#model = model;
    this.#cuts = cuts;
    this.session = session;
  }

  static async load(network: Network, runtime: Runtime, form: Form): Promise<Loaded> {
    const model = probeModel(network, form);
    return new Loaded(runtime, model, findCuts(model, network), await runtime.load(encodeModel(model)));
  }

  /** The last place that lies before everything that changes, of those whose values can be kept for so many samples. */
  cutBefore(changed: ReadonlySet<string>, samples: number, prefixes: Prefixes): Cut | undefined {
    const first = this.#model.graph.nodes.findIndex((node) =>
      readsOf(node).some((name) => changed.has(name)),
    );
    return prefixes.affordable(this.#cuts, samples).findLast(({ position }) => position <= first);
  }

  /** The sessions on both sides of a cut, loaded when first asked for. */
  stage(cut: Cut): Promise<Stage> {
    const known = this.#stages.get(cut);
    if (known) return known;
    const load = async () => {
      const prefix = prefixModel(this.#model, cut);
      return {
        reads: prefix.graph.inputs.map(({ name }) => name),
        before: await this.#runtime.load(encodeModel(prefix)),
        after: await this.#runtime.load(encodeModel(suffixModel(this.#model, cut))),
      };
    };
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
    await this.session.release();
  }
}

interface Stage {
  /** Inputs of the part before. */
  readonly reads: readonly string[];
  readonly before: Session;
  readonly after: Session;
}

/** A loaded probe: runs any plan on any samples. */
export class Probe {
  readonly #network: Network;
  readonly #runtime: Runtime;
  readonly #forms = new Map<Form, Promise<Loaded>>();
  readonly #prefixes = new Prefixes();
  readonly #float: ReadonlyMap<string, Tensor>;
  readonly #anew: WeightSource;

  private constructor(network: Network, runtime: Runtime) {
    this.#network = network;
    this.#runtime = runtime;
    this.#anew = {
      encoded: (plan) => encodeWeight(network, plan),
      simulated: (plan) => simulateWeight(network, plan),
    };
    const weights = network.layers.flatMap((layer) => layer.weights);
    const fed = [...weights, ...changedBiases(network)];
    this.#float = new Map(fed.map(({ name }) => [name, floatWeight(network, name)]));
  }

  static async load(network: Network, runtime: Runtime): Promise<Probe> {
    const probe = new Probe(network, runtime);
    await probe.#loaded("integer8");
    return probe;
  }

  /** The sessions of a form; those for other types than 8-bit integers are loaded when a plan first has some. */
  #loaded(form: Form): Promise<Loaded> {
    const known = this.#forms.get(form);
    if (known) return known;
    const loading = Loaded.load(this.#network, this.#runtime, form);
    this.#forms.set(form, loading);
    // One that failed is tried again.
    loading.catch(() => this.#forms.delete(form));
    return loading;
  }

  /** What to feed beside the samples so that the network computes as a plan says; the float network without one. */
  settings(plan?: Plan, form: Form = formOf(plan?.points.values() ?? [])): Feeds {
    return Object.fromEntries([...this.#off(form), ...this.#changes(plan, form)]);
  }

  /** The feeds of the float network. */
  #off(form: Form): Map<string, Tensor> {
    const off = this.#network.points.flatMap((point) => quantizerFeeds(point.tensor, undefined, form));
    return new Map([...this.#float, ...off]);
  }

  /** The feeds that a plan changes. */
  #changes(plan: Plan | undefined, form: Form, source = this.#anew): Map<string, Tensor> {
    const feeds = new Map<string, Tensor>();
    const network = withBiases(this.#network, plan?.biases);
    for (const [name] of plan?.biases ?? []) feeds.set(name, floatWeight(network, name));
    for (const [name, weight] of plan?.weights ?? []) feeds.set(name, source.simulated(weight));
    for (const each of plan ? biasPlans(network, plan) : []) {
      const scale = weightScale(source.encoded(each.weight));
      const { dtype, shape, name } = each.bias;
      feeds.set(name, { dtype, shape, data: biasValues(integerBias(each, scale)) });
    }
    for (const [name, point] of plan?.points ?? []) {
      for (const [input, value] of quantizerFeeds(name, point, form)) feeds.set(input, value);
    }
    return feeds;
  }

  async run(samples: Feeds, settings: Feeds): Promise<Record<string, Tensor>> {
    const { session } = await this.#loaded(formOfFeeds(settings, this.#network.points[0]?.tensor));
    return session.run({ ...settings, ...samples });
  }

  /**
   * Runs a plan that changes few tensors on many batches: what lies before the first change is the float network's,
   * computed once for each batch and kept where memory allows.
   * @param samples how many there are in all
   */
  runner(plan: Plan, samples: number): Run {
    const form = formOf(plan.points.values());
    const changes = this.#changes(plan, form);
    const off = this.#off(form);
    const [float, settings] = [Object.fromEntries(off), Object.fromEntries([...off, ...changes])];
    const changed = new Set(changes.keys());
    let found: { readonly cut: Cut | undefined } | undefined;
    return async (feeds, indices) => {
      const loaded = await this.#loaded(form);
      found ??= { cut: loaded.cutBefore(changed, samples, this.#prefixes) };
      const { cut } = found;
      if (!cut) return loaded.session.run({ ...settings, ...feeds });
      const { before, after } = await loaded.stage(cut);
      const kept = await this.#prefixes.at(cut, indices, () => before.run({ ...float, ...feeds }));
      return { ...kept, ...(await after.run({ ...settings, ...feeds, ...kept })) };
    };
  }

  /**
   * Runs plans one after the other that differ in few tensors: what lies before the first difference from the plan before is
   * computed once for each batch and kept where memory allows.
   * @param samples how many there are in all
   */
  walk(samples: number, source: WeightSource): (plan: Plan) => Run {
    const trail = new Trail<Cut>();
    let last: { readonly settings: Feeds; readonly form: Form } | undefined;
    return (plan) => {
      const form = formOf(plan.points.values());
      const settings = Object.fromEntries([...this.#off(form), ...this.#changes(plan, form, source)]);
      const changed = last?.form === form ? differing(last.settings, settings) : undefined;
      last = { settings, form };
      let place: Promise<{ readonly stage: Stage; readonly kept: Map<string, Feeds> } | undefined>;
      const placed = async (loaded: Loaded) => {
        const cut = changed && loaded.cutBefore(changed, samples, this.#prefixes);
        const found = trail.find(settings, form);
        if (found && (!cut || found.cut.position >= cut.position)) {
          return { stage: await loaded.stage(found.cut), kept: found.kept };
        }
        if (!cut || changed.size === 0) return undefined;
        const stage = await loaded.stage(cut);
        return { stage, kept: trail.begin(cut, form, stage.reads, settings) };
      };
      return async (feeds, indices) => {
        const loaded = await this.#loaded(form);
        place ??= placed(loaded);
        const at = await place;
        if (!at) return loaded.session.run({ ...settings, ...feeds });
        const key = indices.join();
        const values = at.kept.get(key) ?? (await at.stage.before.run({ ...settings, ...feeds }));
        at.kept.set(key, values);
        return { ...values, ...(await at.stage.after.run({ ...settings, ...feeds, ...values })) };
      };
    };
  }

  async release(): Promise<void> {
    for (const loading of this.#forms.values()) await (await loading).release();
  }
}

/** Names of the feeds that differ. */
function differing(a: Feeds, b: Feeds): Set<string> {
  return new Set(Object.keys(b).filter((name) => !sameFeed(a[name], b[name])));
}
