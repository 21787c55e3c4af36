// The same decision for Olive (microsoft/Olive 0.13): a workflow (JSON, run by `olive run --config`) of OnnxStaticQuantization passes
// for layers with quantized inputs, one for each kind (passes/onnx/quantization.py), and OnnxBlockWiseRtnQuantization passes for
// blocks of weights alone (rtn_quantization.py), with a Python file that reads the samples. A workflow names types, not scales:
// TensorQuantOverrides are no JSON. Ranges are Olive's own. Text alone; nothing is run here.

import { opsetOf } from "@bitscape/graph";
import type { Network } from "../network/network.ts";
import type { Plan, PointPlan, WeightPlan } from "../plan/plan.ts";
import { type Recipe, type RecipeScheme, schemeFor } from "../recipe.ts";
import { type Asked, askedOf, changesOf, roundingOf } from "./asked.ts";
import { type Configuration, stem } from "./configuration.ts";
import { headOf, type Naming, namedPython, namingOf, samplesPython } from "./naming.ts";

/** What Olive calls Precision and has a QuantType for (quant_type_from_precision). */
const types: ReadonlySet<string> = new Set(["int4", "uint4", "int8", "uint8", "int16", "uint16"]);

type Pass = Readonly<Record<string, unknown>>;

interface Static {
  readonly settings: Pass;
  readonly nodes: string[];
  readonly ops: Set<string>;
}

/** @throws one sentence where nothing of the recipe can be expressed */
export function oliveConfiguration(network: Network, plan: Plan, recipe: Recipe): Configuration {
  const there = namingOf(network);
  const left: string[] = [];
  const passes: Static[] = [];
  const blocks: Static[] = [];
  const between: Asked[] = [];
  for (const asked of askedOf(network, plan)) {
    const { layer, weight, input, inputs } = asked;
    if (layer.weights.length === 0) {
      if (there.nodes.has(layer.id) && inputs.length > 0) between.push(asked);
      continue;
    }
    if (!weight && !input) continue;
    const why = inexpressible(asked, there);
    if (why !== undefined) left.push(`${layer.id}: ${why}; left float`);
    else if (input) addTo(passes, layer, staticOf(weight as WeightPlan, input, recipe, layer.id));
    else addTo(blocks, layer, blockOf(weight as WeightPlan));
  }
  if (passes.length === 0 && blocks.length === 0)
    throw new Error(
      `olive: no layer of ${network.name} that Olive can have as the recipe says, expected some whose weights and inputs are integers of 4, 8 or 16 bits, or weights in blocks${left[0] ? ` (${left[0]})` : ""}`,
    );
  for (const { layer, inputs } of between) {
    const own = passes.find(({ settings }) =>
      inputs.every(({ format }) => format.name === settings.activation_type),
    );
    if (own) addTo(passes, layer, own.settings);
    else if (inputs.length > 0)
      left.push(`${layer.id}: inputs of another type than those of layers with weights; left float`);
  }
  left.push(
    ...(passes.length > 0 ? ["scales and zero points: Olive's own, from the samples it is given"] : []),
    ...rangesOf(plan, recipe, passes),
    ...roundingOf(plan, "Olive"),
    ...changesOf(recipe),
  );
  const name = stem(network.name);
  const script = `${name}.olive.py`;
  // A scale a channel is from opset 13 on.
  const prepared = opsetOf(network.original) < 13 || Object.keys(there.given).length > 0;
  const inputs = network.original.graph.inputs
    .map((input) => input.name)
    .filter((input) => !network.original.graph.constants.has(input));
  const workflow = {
    input_model: { type: "ONNXModel", model_path: prepared ? `${name}.prepared.onnx` : network.name },
    ...(passes.length > 0 && { data_configs: [dataConfig(script, inputs)] }),
    passes: Object.fromEntries([
      ...passes.map(({ settings, nodes, ops }, i) => [
        `static_${i + 1}`,
        {
          ...settings,
          nodes_to_quantize: nodes,
          op_types_to_quantize: [...ops].sort(),
          // An output gets a quantizer where the recipe has one: at the input that reads it.
          extra_options: { OpTypesToExcludeOutputQuantization: [...ops].sort() },
        },
      ]),
      ...blocks.map(({ settings, nodes }, i) => [
        `blocks_${i + 1}`,
        { ...settings, nodes_to_include: nodes },
      ]),
    ]),
    output_dir: `${name}.olive`,
    no_artifacts: true,
  };
  return {
    name: `${name}.olive.json`,
    text: `${JSON.stringify(workflow, null, 1)}\n`,
    beside: [{ name: script, text: helper(network, there, prepared, left) }],
    left,
  };
}

/** Why a layer cannot be as planned; undefined where it can. */
function inexpressible({ layer, weight, input }: Asked, there: Naming): string | undefined {
  const { id, node, weights } = layer;
  if (weights.length > 1) return `${weights.length} weights, expected one`;
  if (!weight) return "its weights are float, expected weights with the inputs";
  if (!there.nodes.has(id)) return "not in the file's outermost graph, expected a node that can be named";
  const { format, grouping } = weight;
  if (input) {
    const odd = [format, input.format].find(({ name }) => !types.has(name));
    if (odd) return `${odd.name}, expected ${[...types].join(", ")}`;
    if (grouping.kind === "block")
      return `blocks of ${grouping.size} with quantized inputs, expected a scale a tensor or a channel`;
    return undefined;
  }
  if (!/^u?int[48]$/.test(format.name)) return `weights of ${format.name} alone, expected 4 or 8 bits`;
  if (grouping.kind !== "block") return "weights alone without blocks, expected blocks of 16, 32, …";
  const { size, axis } = grouping;
  if (size < 16 || !Number.isInteger(Math.log2(size)))
    return `blocks of ${size}, expected a power of two from 16 on`;
  const last = weight.shape.length - 1;
  const fits = node.op === "MatMul" ? last === 1 && axis === 0 : node.op === "Gather" && axis === last;
  return fits ? undefined : `blocks of a ${node.op}, expected a MatMul's matrix or a Gather's rows`;
}

function staticOf(
  { scheme, format, grouping }: WeightPlan,
  input: PointPlan,
  recipe: Recipe,
  id: string,
): Pass {
  const activation = schemeFor(recipe, id, "activation");
  return {
    type: "OnnxStaticQuantization",
    data_config: "calibration",
    precision: format.name,
    activation_type: input.format.name,
    per_channel: grouping.kind === "channel",
    weight_symmetric: scheme.symmetric,
    activation_symmetric: activation?.symmetric ?? false,
    calibrate_method: "MinMax",
    // As the file is: its nodes keep their names, and no others are quantized.
    prepare_qdq_config: false,
    quant_preprocess: false,
  };
}

const blockOf = ({ scheme, format, grouping }: WeightPlan): Pass => ({
  type: "OnnxBlockWiseRtnQuantization",
  bits: format.bits,
  block_size: grouping.kind === "block" ? grouping.size : 0,
  is_symmetric: scheme.symmetric,
});

function addTo(passes: Static[], { id, node }: Asked["layer"], settings: Pass): void {
  const key = JSON.stringify(settings);
  const found = passes.find((each) => JSON.stringify(each.settings) === key);
  if (found) {
    found.nodes.push(id);
    found.ops.add(node.op);
  } else passes.push({ settings, nodes: [id], ops: new Set([node.op]) });
}

/** Where the recipe has another rule than the smallest and the largest, which Olive goes by. */
function rangesOf({ weights }: Plan, recipe: Recipe, passes: readonly Static[]): string[] {
  const other = (schemes: readonly (RecipeScheme | undefined)[]) =>
    new Set(schemes.flatMap((each) => (each && each.range !== "minmax" ? [JSON.stringify(each.range)] : [])));
  const of = (what: string, rules: ReadonlySet<string>) =>
    rules.size > 0 ? [`ranges of ${what}: smallest to largest, expected ${[...rules].join(", ")}`] : [];
  const nodes = passes.flatMap((each) => each.nodes);
  return [
    ...of("weights", other([...weights.values()].map(({ scheme }) => scheme))),
    ...of("inputs", other(nodes.map((id) => schemeFor(recipe, id, "activation")))),
  ];
}

const dataConfig = (script: string, inputs: readonly string[]) => ({
  name: "calibration",
  user_script: script,
  load_dataset_config: {
    type: "bitscape_samples",
    params: { path: "calibration.npz", inputs, count: 128 },
  },
  // Every sample is a batch already.
  dataloader_config: { type: "no_auto_batch_dataloader" },
});

function helper(network: Network, there: Naming, prepared: boolean, left: readonly string[]): string {
  const name = stem(network.name);
  const usage = [
    `Belongs to ${name}.olive.json: reads calibration.npz beside it, one array for each input, first axis samples.`,
    ...(prepared
      ? [`First: python ${name}.olive.py ${network.name} ${name}.prepared.onnx (names, and opset 13)`]
      : []),
    `olive run --config ${name}.olive.json`,
  ];
  return `${headOf(network, usage, left)}
import json
import sys

import numpy as np
import onnx
import onnx.version_converter

${namedPython(there)}


${samplesPython}


class Samples:
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index], 0


if __name__ == "__main__":
    model = named(onnx.load(sys.argv[1]))
    opset = next(each.version for each in model.opset_import if each.domain in ("", "ai.onnx"))
    if opset < 13:
        model = named(onnx.version_converter.convert_version(model, 13))
    onnx.save(model, sys.argv[2])
else:
    from olive.data.registry import Registry

    @Registry.register_dataset()
    def bitscape_samples(path, inputs, count, **_):
        return Samples(samples(path, inputs, count))
`;
}
