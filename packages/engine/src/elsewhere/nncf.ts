// The same decision for NNCF (openvinotoolkit/nncf 2.16 to 3.4, ONNX backend): a Python script that calls nncf.quantize for layers
// with 8-bit weights and inputs and nncf.compress_weights for weights alone. Parameters as in quantize_model.py and
// advanced_parameters.py; which modes ONNX has: weight_compression/onnx_backend.py. NNCF takes formats, not scales: ranges are its
// own, from the samples given. Text alone; nothing is run here.

import type { RangeRule } from "@bitscape/quant";
import type { Network } from "../network/network.ts";
import type { Plan, PointPlan, WeightPlan } from "../plan/plan.ts";
import type { Recipe, RecipeScheme } from "../recipe.ts";
import { schemeFor } from "../recipe.ts";
import { type Asked, askedOf, changesOf, roundingOf } from "./asked.ts";
import { type Configuration, stem } from "./configuration.ts";
import { headOf, type Naming, namedPython, namingOf, pythonJson, samplesPython } from "./naming.ts";

/** Operators that nncf.quantize quantizes with a constant weight (LINEAR_OPERATIONS of groups.py). */
const linear: ReadonlySet<string> = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);
/** Operators whose weights compress_weights takes at all, and those that it takes at 4 bits. */
const compressed: ReadonlySet<string> = new Set([...linear, "Gather"]);
const narrow: ReadonlySet<string> = new Set(["Gemm", "MatMul"]);

/** Modes of compress_weights by format: without a zero point, and with one. */
const modes: Readonly<Record<string, readonly [symmetric: string, fitted: string]>> = {
  int8: ["INT8_SYM", "INT8_ASYM"],
  uint8: ["INT8_ASYM", "INT8_ASYM"],
  int4: ["INT4_SYM", "INT4_ASYM"],
  uint4: ["INT4_ASYM", "INT4_ASYM"],
};

interface Compress {
  readonly mode: string;
  /** −1: a scale a channel. */
  readonly group_size: number;
  readonly nodes: string[];
}

/** @throws one sentence where nothing of the recipe can be expressed */
export function nncfConfiguration(network: Network, plan: Plan, recipe: Recipe): Configuration {
  const there = namingOf(network);
  const left: string[] = [];
  const quantized: Asked[] = [];
  const between: string[] = [];
  const compress: Compress[] = [];
  for (const asked of askedOf(network, plan)) {
    const { layer, weight, input, inputs } = asked;
    const { id, weights } = layer;
    if (weights.length === 0) {
      if (there.nodes.has(id) && inputs.length > 0 && inputs.every(isByte)) between.push(id);
      continue;
    }
    if (!weight && !input) continue;
    const why = inexpressible(asked, there);
    if (why !== undefined) left.push(`${id}: ${why}; left float`);
    else if (input) quantized.push(asked);
    else addTo(compress, weight as WeightPlan, id);
  }
  if (quantized.length === 0 && compress.length === 0)
    throw new Error(
      `nncf: no layer of ${network.name} that NNCF can have as the recipe says, expected some with weights of 4 or 8 bits, and inputs of 8 bits or float${left[0] ? ` (${left[0]})` : ""}`,
    );
  const weights = commonOf(quantized.map(({ weight }) => (weight as WeightPlan).scheme));
  const inputs = commonOf(quantized.flatMap(({ layer }) => schemeFor(recipe, layer.id, "activation") ?? []));
  left.push(
    ...unlike(quantized, weights),
    ...rangesOf(weights, inputs, quantized.length > 0),
    ...roundingOf(plan, "NNCF"),
    ...changesOf({ ...recipe, repairs: recipe.repairs?.filter((each) => each !== "bias-correction") }),
  );
  const corrected = recipe.repairs?.includes("bias-correction") ?? false;
  if (corrected)
    left.push("bias-correction: NNCF's own (fast) correction, expected means over a finished plan");
  const decision = {
    quantize: quantized.length > 0 && {
      nodes: [...quantized.map(({ layer }) => layer.id), ...between],
      weights: { mode: modeOf(weights), per_channel: weights?.granularity === "channel" },
      activations: { mode: modeOf(inputs), per_channel: false },
      quantile: quantileOf(inputs?.range),
      bias_correction: corrected,
    },
    compress,
  };
  return { name: `${stem(network.name)}.nncf.py`, text: script(network, there, decision, left), left };
}

const isByte = ({ format }: PointPlan) => format.kind === "affine" && format.bits === 8;

/** Why a layer cannot be as planned; undefined where it can. */
function inexpressible({ layer, weight, input }: Asked, there: Naming): string | undefined {
  const { id, node, weights } = layer;
  if (weights.length > 1) return `${weights.length} weights, expected one`;
  if (!weight) return "its weights are float, expected weights with the inputs";
  if (!there.nodes.has(id)) return "not in the file's outermost graph, expected a node that can be named";
  const { format, grouping } = weight;
  const mode = modes[format.name];
  if (!mode) return `weights of ${format.name}, expected int4, int8 or their unsigned`;
  if (!compressed.has(node.op)) return `a ${node.op}, expected ${[...compressed].join(", ")}`;
  if (input) {
    if (!isByte(input)) return `inputs of ${input.format.name}, expected int8 or uint8`;
    if (format.bits !== 8) return `weights of ${format.name} with quantized inputs, expected int8`;
    if (!linear.has(node.op)) return `inputs of a ${node.op}, expected ${[...linear].join(", ")}`;
    if (grouping.kind === "block")
      return `blocks of ${grouping.size} with quantized inputs, expected a scale a tensor or a channel`;
    return undefined;
  }
  if (format.bits === 4 && !narrow.has(node.op))
    return `weights of 4 bits of a ${node.op}, expected ${[...narrow].join(" or ")}`;
  if (grouping.kind === "block" && (weight.shape[grouping.axis] as number) % grouping.size !== 0)
    return `blocks of ${grouping.size} over ${weight.shape[grouping.axis]} values, expected a divisor of them`;
  // 3.4.0 writes axis 0 for every DequantizeLinear with blocks.
  if (grouping.kind === "block" && grouping.axis !== 0)
    return `blocks along axis ${grouping.axis} of its weight, expected axis 0 (NNCF writes that for all)`;
  if (format.bits === 8 && grouping.kind === "block")
    return `blocks of ${grouping.size} at 8 bits, expected a scale a channel`;
  if (grouping.kind === "tensor")
    return "one scale for its weights alone, expected a scale a channel or a block";
  return undefined;
}

function addTo(compress: Compress[], { scheme, format, grouping }: WeightPlan, id: string): void {
  const mode = (modes[format.name] as readonly [string, string])[scheme.symmetric ? 0 : 1];
  const group_size = grouping.kind === "block" ? grouping.size : -1;
  const found = compress.find((each) => each.mode === mode && each.group_size === group_size);
  if (found) found.nodes.push(id);
  else compress.push({ mode, group_size, nodes: [id] });
}

/** The scheme that most have: nncf.quantize has one for all. */
function commonOf(schemes: readonly RecipeScheme[]): RecipeScheme | undefined {
  const counts = new Map<string, number>();
  for (const scheme of schemes) counts.set(keyOf(scheme), (counts.get(keyOf(scheme)) ?? 0) + 1);
  const most = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
  return schemes.find((scheme) => keyOf(scheme) === most);
}

const keyOf = ({ granularity, symmetric, range }: RecipeScheme) =>
  JSON.stringify([granularity, symmetric, range]);

const modeOf = (scheme: RecipeScheme | undefined) =>
  scheme && !scheme.symmetric ? "asymmetric" : "symmetric";

/** Layers that nncf.quantize treats like the most, though the recipe does not. */
function unlike(quantized: readonly Asked[], common: RecipeScheme | undefined): string[] {
  if (!common) return [];
  const words = ({ granularity, symmetric }: RecipeScheme) =>
    `${symmetric ? "symmetric" : "asymmetric"}, a scale a ${granularity === "tensor" ? "tensor" : "channel"}`;
  return quantized.flatMap(({ layer, weight }) => {
    const { scheme } = weight as WeightPlan;
    return words(scheme) === words(common)
      ? []
      : [`${layer.id}: ${words(common)} like the other weights, expected ${words(scheme)}`];
  });
}

/** What NNCF chooses by its own rules. */
function rangesOf(
  weights: RecipeScheme | undefined,
  inputs: RecipeScheme | undefined,
  runs: boolean,
): string[] {
  const of = (what: string, own: string, scheme: RecipeScheme | undefined) =>
    scheme && scheme.range !== "minmax"
      ? [`ranges of ${what}: ${own}, expected ${ruleWords(scheme.range)}`]
      : [];
  const quantile = quantileOf(inputs?.range) !== null;
  return [
    ...(runs ? ["scales and zero points of inputs: NNCF's own, from the samples it is given"] : []),
    ...of("weights", "smallest to largest", weights),
    ...of(
      "inputs",
      quantile ? "quantiles of each sample, averaged" : "smallest to largest of each sample, averaged",
      inputs,
    ),
  ];
}

const ruleWords = (range: RangeRule) => (typeof range === "string" ? range : JSON.stringify(range));

/** The part of values that a percentile leaves out at either end, 0 to 1; null for another rule. */
function quantileOf(range: RangeRule | undefined): number | null {
  return typeof range === "object" && "percentile" in range ? (100 - range.percentile) / 100 : null;
}

function script(network: Network, there: Naming, decision: object, left: readonly string[]): string {
  const usage = [
    `python ${stem(network.name)}.nncf.py MODEL.onnx OUTPUT.onnx CALIBRATION.npz`,
    "Samples: one array for each input, first axis samples. Not needed where weights alone are compressed.",
  ];
  return `${headOf(network, usage, left)}
import json
import sys

import numpy as np
import onnx
import onnx.version_converter

import nncf
from nncf.common.quantization.structs import QuantizationScheme
from nncf.quantization.advanced_parameters import AdvancedSmoothQuantParameters, OverflowFix, QuantizationParameters
from nncf.quantization.range_estimator import (
    AggregatorType,
    RangeEstimatorParameters,
    RangeEstimatorParametersSet,
    StatisticsCollectorParameters,
    StatisticsType,
)

DECISION = ${pythonJson(decision)}
${namedPython(there)}


${samplesPython}


def all_but(model, nodes):
    kept = set(nodes)
    return nncf.IgnoredScope(names=[each.name for each in model.graph.node if each.name not in kept], validate=False)


def parameters(given):
    return QuantizationParameters(mode=QuantizationScheme(given["mode"]), per_channel=given["per_channel"])


def ranges(quantile):
    if quantile is None:
        return RangeEstimatorParametersSet.MEAN_MINMAX
    end = dict(aggregator_type=AggregatorType.MEAN, quantile_outlier_prob=quantile)
    end["statistics_type"] = StatisticsType.QUANTILE
    return RangeEstimatorParameters(min=StatisticsCollectorParameters(**end), max=StatisticsCollectorParameters(**end))


def quantized(model, given, rows):
    return nncf.quantize(
        model,
        nncf.Dataset(rows),
        subset_size=len(rows),
        fast_bias_correction=True,
        ignored_scope=all_but(model, given["nodes"]),
        advanced_parameters=nncf.AdvancedQuantizationParameters(
            overflow_fix=OverflowFix.DISABLE,
            disable_bias_correction=not given["bias_correction"],
            weights_quantization_params=parameters(given["weights"]),
            activations_quantization_params=parameters(given["activations"]),
            activations_range_estimator_params=ranges(given["quantile"]),
            weights_range_estimator_params=RangeEstimatorParametersSet.MINMAX,
            smooth_quant_alphas=AdvancedSmoothQuantParameters(convolution=-1, matmul=-1),
        ),
    )


def compressed(model, given):
    narrow = {} if given["mode"].startswith("INT8") else dict(
        ratio=1.0, group_size=given["group_size"], all_layers=True, backup_mode=nncf.BackupMode.NONE
    )
    return nncf.compress_weights(
        model,
        mode=nncf.CompressWeightsMode[given["mode"]],
        ignored_scope=all_but(model, given["nodes"]),
        **narrow,
    )


def flat(model):
    # NNCF 3.4 leaves axes of length 1 in the scales of weights with more than two axes; ONNX wants a scale a channel in one.
    held = {each.name: each for each in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type != "DequantizeLinear" or any(each.name == "block_size" and each.i for each in node.attribute):
            continue
        for name in node.input[1:]:
            if name in held and len(held[name].dims) > 1:
                count = int(np.prod(held[name].dims))
                del held[name].dims[:]
                held[name].dims.append(count)
    return model


if __name__ == "__main__":
    path, output = sys.argv[1:3]
    model = named(onnx.load(path))
    opset = next(each.version for each in model.opset_import if each.domain in ("", "ai.onnx"))
    # DequantizeLinear takes a scale a channel from opset 13 on, 4 bits from 21 on.
    least = 21 if any(each["mode"].startswith("INT4") for each in DECISION["compress"]) else 13
    if opset < least:
        model = named(onnx.version_converter.convert_version(model, least))
    if DECISION["quantize"]:
        model = quantized(model, DECISION["quantize"], samples(sys.argv[3], inputs_of(model.graph), 300))
    for each in DECISION["compress"]:
        model = compressed(model, each)
    onnx.save(flat(model), output)
`;
}
