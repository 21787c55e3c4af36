// Plan: what a recipe means on one network: a scheme and grouping for each weight, a scale and zero point for each
// activation point. The probe and the exporter both read it, so that what is measured is what is written.

import type { Constant } from "@bitscape/graph";
import {
  type BlockAxes,
  type Encoded,
  type FormatFacts,
  formatFacts,
  formatRows,
  type Grouping,
  type Histogram,
  productLayout,
  storedFacts,
} from "@bitscape/quant";
import { blocksLost, summable } from "../integer/schemes.ts";
import { foldedIn } from "../mixdq/foldTokens.ts";
import { floatsOf } from "../network/constants.ts";
import { type Layer, layerOf, type Network } from "../network/network.ts";
import type { Point } from "../network/points.ts";
import type { Weight } from "../network/weights.ts";
import { type Recipe, type RecipeScheme, schemeFor } from "../recipe.ts";
import { learnedIn } from "../repair/asked.ts";
import { type RepairEvidence, repairsOf } from "../repair/evidence.ts";
import {
  type ActivationFacts,
  activationFacts,
  type Calibrated,
  calibrated,
  runsOnIntegers,
} from "./activation.ts";

export interface WeightPlan {
  readonly layer: Layer;
  readonly weight: Weight;
  readonly scheme: RecipeScheme;
  /** What is stored: what the scheme's format stands for, and "binary" for a symmetric integer of one bit. */
  readonly format: FormatFacts;
  /** The shape that is quantized: the weight's own, or the flat view that blocks divide. */
  readonly shape: readonly number[];
  readonly grouping: Grouping;
  /** Keeps the int32 bias of an integer kernel from overflowing; one a group. */
  readonly leastScale?: Float64Array;
  /** Its codes, where they were learned (repair/rounding/rounding.ts): nothing is encoded anew. */
  readonly learned?: Encoded;
}

export interface PointPlan {
  readonly point: Point;
  readonly format: ActivationFacts;
  /** Of float8 codes too. */
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface Plan {
  readonly weights: ReadonlyMap<string, WeightPlan>;
  readonly points: ReadonlyMap<string, PointPlan>;
  readonly warnings: readonly string[];
  /** Where rounding was learned: of how many weights, from how many samples. */
  readonly rounding?: NonNullable<RepairEvidence["rounding"]>;
  /** Corrected biases by name; absent where none is. */
  readonly biases?: ReadonlyMap<string, Constant>;
  /** What part of what was to be corrected they correct, 0 to 1; with them. */
  readonly strength?: number;
}

/** Calibrated ranges by tensor; only recipes without activation schemes do without. */
export type Ranges = ReadonlyMap<string, Histogram>;

/**
 * Resolves a recipe against a network. Pure and cheap: no weight is encoded.
 * @param given scales and zero points that were chosen before, as a file carries them: no range is asked for
 * @throws one sentence for a layer the network lacks, or for an activation scheme without calibration
 */
export function planRecipe(
  network: Network,
  recipe: Recipe,
  ranges?: Ranges,
  given: ReadonlyMap<string, Calibrated> = new Map(),
): Plan {
  for (const id of Object.keys(recipe.layers ?? {})) layerOf(network, id);
  checkFolded(network, recipe);
  checkRepaired(network, recipe);
  const warnings: string[] = [];
  if (recipe.model && recipe.model.sha256 !== "" && recipe.model.sha256 !== network.sha256) {
    warnings.push(
      `recipe: made for ${recipe.model.name} with another fingerprint, applied to ${network.name} by layer names`,
    );
  }
  const points = new Map<string, PointPlan>();
  for (const point of network.points) {
    const scheme = pointScheme(recipe, point, warnings);
    if (scheme) points.set(point.tensor, planPoint(point, scheme, ranges, given.get(point.tensor)));
  }
  const weights = new Map<string, WeightPlan>();
  for (const layer of network.layers) {
    const asked = schemeFor(recipe, layer.id, "weight");
    if (!asked) continue;
    const scheme = recipe.arithmetic ? summable(asked) : asked;
    if (scheme !== asked && !warnings.includes(blocksLost)) warnings.push(blocksLost);
    for (const weight of layer.weights) {
      const misfit = misfitOf(layer, weight, storedFacts(scheme));
      if (weight.dtype === formatFacts(scheme.format).name) {
        warnings.push(`weight ${weight.name}: ${weight.dtype} already, left as it is`);
      } else if (misfit === undefined) {
        weights.set(weight.name, planWeight(network, layer, weight, scheme, points));
      } else {
        // What was asked of this layer is refused; what was asked of all is not for those that cannot have it.
        const own = recipe.layers?.[layer.id];
        if (own !== undefined && own !== "float" && own.weight !== undefined) throw new Error(misfit);
        warnings.push(`${misfit}; left float`);
      }
    }
  }
  return { weights, points, warnings };
}

/** Tokens are folded before a plan is made. @throws one sentence where a recipe folds some and the network did not */
function checkFolded(network: Network, { tokens }: Recipe): void {
  if (!tokens) return;
  const folded = foldedIn(network);
  const missing = Object.entries(tokens.fold).find(([layer, count]) => folded[layer] !== count);
  if (missing)
    throw new Error(
      `recipe: folds ${missing[1]} tokens of ${missing[0]}, expected a network with them folded (bitscape quantize does it)`,
    );
}

/**
 * Layers are equalised before a plan is made; roundings are learned and biases corrected after it.
 * @throws one sentence where a recipe asks for one and has not got it
 */
function checkRepaired(network: Network, { repairs }: Recipe): void {
  if (repairs?.includes("equalization") && !repairsOf(network).equalization)
    throw new Error(
      `recipe: equalization, expected a network whose layers are equalised (${network.name} is not)`,
    );
  if (learnedIn({ repairs }))
    throw new Error("recipe: learned rounding, expected none here: it is learned for a finished plan");
  if (repairs?.includes("bias-correction"))
    throw new Error("recipe: bias correction, expected none here: its means are taken over a finished plan");
}

/** The first decider with an entry of its own decides a shared tensor; else the defaults. */
function pointScheme(recipe: Recipe, point: Point, warnings: string[]): RecipeScheme | undefined {
  const explicit = point.deciders.filter((id) => {
    const own = recipe.layers?.[id];
    return own === "float" || own?.activation !== undefined;
  });
  const schemes = explicit.map((id) => schemeFor(recipe, id, "activation"));
  // Ratios and given ends are each tensor's own: a row that decides another tensor too does not ask for that one's here.
  const asked = (scheme: RecipeScheme) =>
    typeof scheme.range === "object" && ("ratio" in scheme.range || "clip" in scheme.range)
      ? { ...scheme, range: "own" }
      : scheme;
  const distinct = new Set(schemes.map((scheme) => JSON.stringify(scheme ? asked(scheme) : "float")));
  if (distinct.size > 1) {
    const first = explicit.find((_, i) => schemes[i]) as string;
    warnings.push(
      `activation ${point.tensor}: ${explicit.join(" and ")} share it and ask for different schemes; that of ${first} is used`,
    );
  }
  // A quantized wish wins over a float one: the tensor is one decision.
  return explicit.length > 0
    ? schemes.find((scheme) => scheme)
    : schemeFor(recipe, point.deciders[0] as string, "activation");
}

function planPoint(
  point: Point,
  scheme: RecipeScheme,
  ranges: Ranges | undefined,
  given: Calibrated | undefined,
): PointPlan {
  if (given) return { point, format: activationFacts(scheme.format), ...given };
  const histogram = ranges?.get(point.tensor);
  if (!histogram)
    throw new Error(`activation ${point.tensor}: no calibrated range, expected data to calibrate on`);
  if (scheme.granularity !== "tensor") {
    throw new Error(
      `activation ${point.tensor}: granularity ${JSON.stringify(scheme.granularity)}, expected "tensor"`,
    );
  }
  return { point, format: activationFacts(scheme.format), ...calibrated(histogram, scheme) };
}

function planWeight(
  network: Network,
  layer: Layer,
  weight: Weight,
  scheme: RecipeScheme,
  points: ReadonlyMap<string, PointPlan>,
): WeightPlan {
  const format = storedFacts(scheme);
  const { shape, grouping } = groupWeight(weight, scheme, format);
  const leastScale = leastScaleOf(network, layer, weight, grouping, points);
  return { layer, weight, scheme, format, shape, grouping, ...(leastScale && { leastScale }) };
}

/** The sentence of a product whose blocks do not fit a weight, with the layer's name; undefined where they do. */
function misfitOf(layer: Layer, weight: Weight, { family, args }: FormatFacts): string | undefined {
  if (family !== "product") return undefined;
  try {
    productLayout(weight.shape, args[1] as number, blockAxes(weight));
    return undefined;
  } catch (error) {
    return `layer ${layer.id}: ${(error as Error).message}`;
  }
}

/** The axes of an operator's outputs and inputs in its weight's own shape. */
export function blockAxes({ channelAxis, blockAxis, shape }: Weight): BlockAxes {
  const inputs =
    blockAxis === channelAxis ? (channelAxis === 0 ? 1 : 0) : Math.min(blockAxis, shape.length - 1);
  return { outputs: channelAxis, inputs };
}

function groupWeight(
  weight: Weight,
  { granularity }: RecipeScheme,
  format: FormatFacts,
): { shape: readonly number[]; grouping: Grouping } {
  const { shape, channelAxis, blockShape, blockAxis } = weight;
  const kinds = granularitiesOf(format);
  if (granularity === "tensor" || !kinds.includes("channel")) return { shape, grouping: { kind: "tensor" } };
  const perChannel = { shape, grouping: { kind: "channel", axis: channelAxis } } as const;
  // Where a format has nothing to share among a block, a channel does.
  if (granularity === "channel" || !kinds.includes("block")) return perChannel;
  // A remainder shorter than a block would pay for a scale of its own: below two blocks a channel has one.
  const size = granularity.block;
  if ((blockShape[blockAxis] as number) < 2 * size && blockShape.length === 2) return perChannel;
  return { shape: blockShape, grouping: { kind: "block", axis: blockAxis, size } };
}

function granularitiesOf({ family }: FormatFacts): readonly Grouping["kind"][] {
  return formatRows.find((row) => row.family === family)?.granularities ?? [];
}

// ONNX Runtime stores the bias of an integer Conv or Gemm as int32 in steps of s_x · s_w. A tiny s_w (a nearly dead
// channel) would make it overflow, so s_w is kept above |bias| / (s_x · 2^30).
const BIAS_LIMIT = 2 ** 30;

function leastScaleOf(
  network: Network,
  layer: Layer,
  weight: Weight,
  grouping: Grouping,
  points: ReadonlyMap<string, PointPlan>,
): Float64Array | undefined {
  const { node } = layer;
  if ((node.op !== "Conv" && node.op !== "Gemm") || grouping.kind === "block") return undefined;
  const input = [...points.values()].find(
    ({ point }) => point.tensor === node.inputs[0] || point.aliases.includes(node.inputs[0] as string),
  );
  const bias = network.model.graph.constants.get(node.inputs[2] ?? "");
  if (!input || !runsOnIntegers(input.format) || bias?.dtype !== "float32") return undefined;
  const values = floatsOf(bias);
  const channels = weight.shape[weight.channelAxis] as number;
  if (values.length !== channels && values.length !== 1) return undefined;
  const least = Float64Array.from({ length: channels }, (_, c) => {
    const value = values[values.length === 1 ? 0 : c] as number;
    return Math.abs(value) / (input.scale * BIAS_LIMIT);
  });
  return grouping.kind === "channel" ? least : Float64Array.of(least.reduce((a, b) => Math.max(a, b), 0));
}
