// Measured times: every layer in every scheme that is asked about, timed on this device as the piece of the file it would be,
// and what a whole run takes beside their sum. One export plan a combination of columns, like the sizes.

import { encodeModel, type Model } from "@bitscape/graph";
import type { Scheme } from "../allocate/evidence.ts";
import type { Kept } from "../allocate/sizes.ts";
import type { Network } from "../network/network.ts";
import type { Choice, LayerChoice, Recipe, Target } from "../recipe.ts";
import type { Feeds, Session } from "../runtime/runtime.ts";
import { piecesOf } from "./piece.ts";
import { roundsOf, type StopwatchOptions, type Timing, timingOf } from "./stopwatch.ts";
import { stateName, type Times } from "./times.ts";
import type { Cut, Timings } from "./timings.ts";

/** A layer's time in one scheme. */
export interface LatencyRow {
  readonly layer: string;
  readonly op: string;
  /** Column of its weights, or "float"; null where it has none, or none is asked about. */
  readonly weight: string | null;
  /** Column of the activations that it decides; null where they are as the defaults say. */
  readonly activation: string | null;
  /** Of one run, measured alone; null where it could not be. */
  readonly timing: Timing | null;
  readonly failure?: string;
}

/** A model's run from its inputs to its outputs, beside the sum of its layers. */
export interface EndToEnd {
  /** "float", or what the recipe of the file is called. */
  readonly name: string;
  readonly timing: Timing;
  /** Sum of the layers alone. */
  readonly sum: number;
  /** timing ÷ sum. */
  readonly factor: number;
}

export interface LatencyTable {
  readonly runtime: string;
  readonly rows: readonly LatencyRow[];
  readonly endToEnd: readonly EndToEnd[];
}

export interface LatencyJob {
  readonly network: Network;
  readonly timings: Timings;
  /** What the layers may get. */
  readonly schemes: readonly Scheme[];
  readonly kept: Kept;
  /** The model of a recipe; its ranges do not matter. */
  readonly model: (recipe: Recipe) => Promise<Model>;
  /** One batch of inputs. */
  readonly feeds: Feeds;
  readonly onRow?: (row: LatencyRow) => void;
  readonly between?: (done: number, total: number) => Promise<void>;
}

const wholeRuns: StopwatchOptions = { rounds: 9, leastSeconds: 0.02 };

/** Times every layer in every combination of the columns that it may have, and whole runs of the float and of uniform files. */
export async function measureLatency(job: LatencyJob): Promise<LatencyTable> {
  const { network, timings, schemes, kept, model, feeds, onRow = () => {}, between = async () => {} } = job;
  const states = statesOf(network, schemes, kept);
  const cut: { readonly state: State; readonly cuts: readonly Cut[] }[] = [];
  for (const state of states) cut.push({ state, cuts: cutsOf(network, await model(state.recipe)) });
  const float = cutsOf(network, network.model);
  await timings.measure([...float, ...cut.flatMap(({ cuts }) => cuts)], between);
  const rows: LatencyRow[] = [];
  const row = (each: LatencyRow) => {
    rows.push(each);
    onRow(each);
  };
  for (const { state, cuts } of cut) {
    const timed = new Set([...float, ...cuts].map(({ piece }) => piece.layer));
    for (const { id, op } of network.layers.map(({ id, node }) => ({ id, op: node.op }))) {
      const named = state.of(id);
      if (named && timed.has(id))
        row({
          layer: id,
          op,
          ...named,
          ...summed(
            cuts.filter(({ piece }) => piece.layer === id),
            timings,
          ),
        });
    }
  }
  const uniform = cut.filter(({ state }) => state.uniform);
  const models: { readonly name: string; readonly model: Model }[] = [
    { name: "float", model: network.model },
  ];
  for (const { state } of uniform) models.push({ name: state.name, model: await model(state.recipe) });
  const rounds = await wholeRounds(
    timings,
    models.map((each) => each.model),
    feeds,
    () => between(0, 0),
  );
  const sums = [float, ...uniform.map(({ cuts }) => cuts)].map((cuts) => sumOf(cuts, timings));
  const endToEnd = models.map(({ name }, i): EndToEnd => {
    const [timing, sum] = [timingOf(rounds[i] as Float64Array), sums[i] as number];
    return { name, timing, sum, factor: timing.seconds / sum };
  });
  return { runtime: timings.runtime.name, rows, endToEnd };
}

/** Seconds of whole runs, taken in turn: for each model, for each round. */
export async function wholeRounds(
  { runtime, options }: Timings,
  models: readonly Model[],
  feeds: Feeds,
  between: () => Promise<void> = async () => {},
): Promise<Float64Array[]> {
  const sessions: Session[] = [];
  try {
    for (const model of models) sessions.push(await runtime.load(encodeModel(model)));
    const jobs = sessions.map((session) => () => session.run(feeds));
    return await roundsOf(jobs, { ...wholeRuns, ...clockOf(options), between });
  } finally {
    for (const session of sessions) await session.release();
  }
}

const clockOf = ({ now }: Pick<StopwatchOptions, "now">) => (now ? { now } : {});

/** Every layer's pieces of a model; those that are no layers are in the factor. */
export function cutsOf(network: Network, base: Model): Cut[] {
  return piecesOf(network, base.graph).map((piece) => ({ piece, base }));
}

/** Seconds of the pieces that could be timed. */
export function sumOf(cuts: readonly Cut[], timings: Timings): number {
  return cuts.reduce((sum, cut) => {
    const timed = timings.of(cut);
    return sum + (timed && "seconds" in timed ? timed.seconds : 0);
  }, 0);
}

/** What allocation takes from a table: end-to-end seconds. @param factor of end to end by sum, such as the mean of two files */
export function timesOf({ rows }: Pick<LatencyTable, "rows">, factor: number): Times {
  const layers: Record<string, { seconds: Record<string, number>; kept: number }> = {};
  const failed = new Set(rows.filter(({ timing }) => !timing).map(({ layer }) => layer));
  for (const { layer, weight, activation, timing } of rows) {
    // A layer that is not known in every scheme would be judged by those it is known in.
    if (!timing || failed.has(layer)) continue;
    const own = layers[layer] ?? { seconds: {}, kept: 0 };
    layers[layer] = own;
    const seconds = factor * timing.seconds;
    own.seconds[stateName(weight ?? undefined, activation ?? undefined)] = seconds;
    if (own.kept === 0 || weight === "float") own.kept = seconds;
  }
  return { layers, beside: 0 };
}

function summed(cuts: readonly Cut[], timings: Timings): Pick<LatencyRow, "timing" | "failure"> {
  let [seconds, low, high, n] = [0, 0, 0, Number.POSITIVE_INFINITY];
  for (const cut of cuts) {
    const timed = timings.of(cut);
    if (!timed || "failure" in timed)
      return {
        timing: null,
        failure: timed?.failure ?? `layer ${cut.piece.layer}: not timed, expected it to be`,
      };
    seconds += timed.seconds;
    low += timed.low;
    high += timed.high;
    n = Math.min(n, timed.n);
  }
  if (cuts.length === 0)
    return { timing: null, failure: "no piece of the file, expected one whose shapes are known" };
  return { timing: { seconds, low, high, n } };
}

/** A combination of columns, given to every layer that may have it. */
interface State {
  readonly name: string;
  readonly recipe: Recipe;
  /** Every layer with weights has the column. */
  readonly uniform: boolean;
  /** What the state says of a layer; undefined where it says nothing new. */
  readonly of: (layer: string) => Pick<LatencyRow, "weight" | "activation"> | undefined;
}

function statesOf(network: Network, schemes: readonly Scheme[], kept: Kept): State[] {
  const columns = (target: Target): (string | undefined)[] => {
    const keys = [...new Set(schemes.filter((each) => each.target === target).map(({ key }) => key))];
    return keys.length === 0 ? [undefined] : target === "weight" ? ["float", ...keys] : keys;
  };
  const by = new Map(schemes.map((each) => [`${each.layer}|${each.target}|${each.key}`, each.scheme]));
  const choice = (layer: string, target: Target, key: string | undefined): Choice | undefined =>
    key === "float" && target === "weight" ? "float" : by.get(`${layer}|${target}|${key}`);
  const has = (layer: string, target: Target) =>
    schemes.some((each) => each.layer === layer && each.target === target);
  return columns("weight").flatMap((weight) =>
    columns("activation").map((activation): State => {
      const layers: Record<string, LayerChoice> = { ...kept.layers };
      for (const { id, weights } of network.layers) {
        const before =
          layers[id] === "float" ? { weight: "float" as const, activation: "float" as const } : layers[id];
        const own = weight !== undefined && weights.length > 0 ? choice(id, "weight", weight) : undefined;
        const taken = activation === undefined ? undefined : choice(id, "activation", activation);
        layers[id] = { ...before, ...(own && { weight: own }), ...(taken && { activation: taken }) };
        if (weights.length > 0 && layers[id].weight === undefined)
          layers[id] = { ...layers[id], weight: "float" };
      }
      const named = [weight === "float" ? "float weights" : weight, activation];
      const name = named.filter((each) => each !== undefined).join("/") || "kept";
      return {
        name,
        recipe: { schema: "bitscape/recipe/1", ...(kept.defaults && { defaults: kept.defaults }), layers },
        uniform: weight !== "float" || kept.defaults?.activation !== undefined || activation !== undefined,
        of(layer) {
          const [w, a] = [has(layer, "weight"), has(layer, "activation")];
          // Where a layer has one column only, the other's columns say the same thing again.
          if (!w && weight !== columns("weight")[0]) return undefined;
          if (!a && activation !== columns("activation")[0]) return undefined;
          if (w && !choice(layer, "weight", weight)) return undefined;
          if (a && !choice(layer, "activation", activation)) return undefined;
          return { weight: w ? (weight ?? null) : null, activation: a ? (activation ?? null) : null };
        },
      };
    }),
  );
}
