// The same decision for ONNX Runtime's own quantizer (onnxruntime.quantization.quantize_static, TensorQuantOverrides as read by
// tensor_quant_overrides.py of 1.20 to 1.31): a Python script with every scale and zero point in it. What quantize_static cannot
// express is left float and said. Text alone; nothing is run here.

import type { FormatFacts } from "@bitscape/quant";
import type { Network } from "../network/network.ts";
import type { Plan, PointPlan, WeightPlan } from "../plan/plan.ts";
import { encodeWeight } from "../plan/weight.ts";
import type { Recipe } from "../recipe.ts";
import { type Asked, askedOf, changesOf, roundingOf } from "./asked.ts";
import { type Configuration, stem } from "./configuration.ts";
import { headOf, type Naming, namedPython, namingOf, pythonJson, samplesPython } from "./naming.ts";

/** Bitscape's integers, and ONNX Runtime's names of those that it has. */
const types: Readonly<Record<string, string>> = {
  int4: "QInt4",
  uint4: "QUInt4",
  int8: "QInt8",
  uint8: "QUInt8",
  int16: "QInt16",
  uint16: "QUInt16",
};

/** One entry of TensorQuantOverrides: of a tensor, or of one of its channels. */
interface Override {
  readonly quant_type: string;
  readonly scale: number;
  readonly zero_point: number;
  readonly axis?: number;
}

/** @throws one sentence where nothing of the recipe can be expressed */
export function ortConfiguration(network: Network, plan: Plan, recipe: Recipe): Configuration {
  const left: string[] = [];
  const there = namingOf(network);
  const overrides: Record<string, readonly Override[]> = {};
  const nodes: string[] = [];
  for (const asked of askedOf(network, plan)) {
    const { layer, weight, inputs } = asked;
    const { id, weights } = layer;
    if (weights.length === 0) {
      if (inputs.length > 0 && inputs.every(({ format }) => known(format)) && there.nodes.has(id))
        nodes.push(id);
      continue;
    }
    const why = inexpressible(asked, there);
    if (why !== undefined) {
      if (weight || asked.input) left.push(`${id}: ${why}; left float`);
      continue;
    }
    nodes.push(id);
    overrides[(weight as WeightPlan).weight.name] = weightOverrides(network, weight as WeightPlan);
  }
  if (!network.layers.some(({ id, weights }) => weights.length > 0 && nodes.includes(id)))
    throw new Error(
      `ort: no layer of ${network.name} that quantize_static can have as the recipe says, expected some whose weights and inputs are integers of 4, 8 or 16 bits without blocks${left[0] ? ` (${left[0]})` : ""}`,
    );
  for (const plans of plan.points.values()) {
    for (const tensor of [plans.point.tensor, ...plans.point.aliases]) {
      if (types[plans.format.name] && there.tensors.has(tensor)) overrides[tensor] = [pointOverride(plans)];
    }
  }
  left.push(...changesOf(recipe), ...roundingOf(plan, "quantize_static"));
  const ops = new Set(network.layers.filter(({ id }) => nodes.includes(id)).map(({ node }) => node.op));
  const decision = { nodes, ops: [...ops].sort(), overrides };
  return { name: `${stem(network.name)}.ort.py`, text: script(network, there, decision, left), left };
}

/** Why a layer cannot be as planned; undefined where it can. */
function inexpressible({ layer, weight, input }: Asked, there: Naming): string | undefined {
  if (layer.weights.length > 1) return `${layer.weights.length} weights, expected one`;
  if (!weight) return "its weights are float, expected both weights and inputs to be quantized";
  if (!input) return "its input is float, expected both weights and inputs to be quantized";
  if (!there.nodes.has(layer.id))
    return "not in the file's outermost graph, expected a node that can be named";
  if (!there.holds(weight.weight.name))
    return `its weight ${weight.weight.name} is not in the file with these values, expected one that nothing was folded into`;
  if (!known(weight.format))
    return `weights of ${weight.format.name}, expected int4, int8, int16 or their unsigned`;
  if (!known(input.format))
    return `inputs of ${input.format.name}, expected int4, int8, int16 or their unsigned`;
  if (weight.grouping.kind === "block")
    return `blocks of ${weight.grouping.size}, expected a scale a tensor or a channel`;
  return undefined;
}

const known = ({ name }: Pick<FormatFacts, "name">) => types[name] !== undefined;

function weightOverrides(network: Network, weight: WeightPlan): Override[] {
  const encoded = encodeWeight(network, weight);
  if (encoded.kind !== "affine")
    throw new Error(`weight ${weight.weight.name}: ${encoded.kind}, expected integers`);
  const { scale, zeroPoint } = encoded;
  const quant_type = types[weight.format.name] as string;
  const { grouping } = weight;
  return Array.from(scale, (each, i) => ({
    quant_type,
    scale: each,
    zero_point: zeroPoint[i] ?? 0,
    ...(grouping.kind === "channel" && { axis: grouping.axis }),
  }));
}

const pointOverride = ({ format, scale, zeroPoint }: PointPlan): Override => ({
  quant_type: types[format.name] as string,
  scale,
  zero_point: zeroPoint,
});

function script(
  network: Network,
  there: Naming,
  decision: {
    readonly nodes: readonly string[];
    readonly ops: readonly string[];
    readonly overrides: object;
  },
  left: readonly string[],
): string {
  const usage = [
    `python ${stem(network.name)}.ort.py MODEL.onnx OUTPUT.onnx CALIBRATION.npz`,
    "Samples are only for tensors that the recipe says nothing about: one array for each input, first axis samples.",
  ];
  return `${headOf(network, usage, left)}
import json
import sys

import numpy as np
import onnx
import onnx.version_converter
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

DECISION = ${pythonJson(decision)}
NUMPY = {"QInt4": np.int8, "QUInt4": np.uint8, "QInt8": np.int8, "QUInt8": np.uint8, "QInt16": np.int16, "QUInt16": np.uint16}
${namedPython(there)}


def overrides():
    def one(entry):
        made = dict(entry)
        made["quant_type"] = QuantType[entry["quant_type"]]
        made["scale"] = np.array(entry["scale"], dtype=np.float32)
        made["zero_point"] = np.array(entry["zero_point"], dtype=NUMPY[entry["quant_type"]])
        return made

    return {name: [one(entry) for entry in entries] for name, entries in DECISION["overrides"].items()}


${samplesPython}


class Samples(CalibrationDataReader):
    def __init__(self, rows):
        self.rows = iter(rows)

    def get_next(self):
        return next(self.rows, None)


if __name__ == "__main__":
    model, output, data = sys.argv[1:4]
    loaded = named(onnx.load(model))
    kinds = {entry["quant_type"] for entries in DECISION["overrides"].values() for entry in entries}
    opset = next(each.version for each in loaded.opset_import if each.domain in ("", "ai.onnx"))
    # DequantizeLinear takes a scale a channel from opset 13 on, 4 and 16 bits from 21 on.
    least = 21 if kinds - {"QInt8", "QUInt8"} else 13
    if opset < least:
        loaded = named(onnx.version_converter.convert_version(loaded, least))
    quantize_static(
        loaded,
        output,
        Samples(samples(data, inputs_of(loaded.graph), 8)),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=DECISION["ops"],
        nodes_to_quantize=DECISION["nodes"],
        per_channel=True,
        # An output gets a quantizer where the recipe has one: at the input that reads it.
        extra_options={
            "TensorQuantOverrides": overrides(),
            "OpTypesToExcludeOutputQuantization": DECISION["ops"],
        },
    )
`;
}
