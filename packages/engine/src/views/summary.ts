// Summaries: what of a network, its data and a plan is worth showing, as plain records that cross to the page.

import { encodedSize, intOf, opsetOf, symbolicDims, trueInputs } from "@bitscape/graph";
import { byteLengthOf } from "@bitscape/tensor";
import type { Exported } from "../export/exporter.ts";
import type { Layer, Network } from "../network/network.ts";
import type { LayerSummary, ModelSummary, SizeReport, ValueSummary } from "../protocol.ts";

export function modelSummary(network: Network): ModelSummary {
  const { original, model, values } = network;
  const valueNamed = (name: string): ValueSummary => ({
    name,
    dtype: values.get(name)?.dtype ?? "float32",
    shape: values.get(name)?.shape ?? [],
  });
  const { producer } = original;
  return {
    name: network.name,
    bytes: network.bytes,
    sha256: network.sha256,
    opset: opsetOf(original),
    irVersion: original.irVersion,
    producer: [producer.name, producer.version].filter((part) => part !== "").join(" "),
    parameters: network.parameters,
    inputs: trueInputs(model.graph).map(({ name }) => valueNamed(name)),
    outputs: model.graph.outputs.map(({ name }) => valueNamed(name)),
    layers: network.layers.map(layerSummary),
    skipped: network.skipped,
    pins: network.pins,
    dims: symbolicDims(original).map(({ name, input, axis }) => ({ name, input, axis })),
    notes: network.notes,
  };
}

function layerSummary(layer: Layer): LayerSummary {
  const { id, node, points, macs } = layer;
  const weights = layer.weights.map(({ name, shape, dtype, elements }) => ({
    name,
    shape,
    dtype,
    elements,
    bytes: byteLengthOf(dtype, elements),
  }));
  const others = new Set(points.flatMap((point) => point.deciders).filter((decider) => decider !== id));
  return {
    id,
    op: node.op,
    weights,
    macs,
    activations: points.map((point) => point.tensor),
    sharedWith: [...others],
    ...(layer.sharedWith.length > 0 && { weightsSharedWith: layer.sharedWith }),
    depthwise: node.op === "Conv" && intOf(node, "group", 1) > 1 && weights[0]?.shape[1] === 1,
  };
}

/** The exact size of the file that an export would write, and what each layer's weights take in it. */
export function sizeReport(network: Network, { model, opset, warnings, tensors }: Exported): SizeReport {
  const float = (layer: Layer) =>
    layer.weights.reduce((sum, { dtype, elements }) => sum + byteLengthOf(dtype, elements), 0);
  const stored = new Map<string, number>();
  for (const { layer, bytes } of tensors) stored.set(layer, (stored.get(layer) ?? 0) + bytes);
  const layers = network.layers.map((layer) => ({
    id: layer.id,
    bytes: stored.get(layer.id) ?? float(layer),
  }));
  return { bytes: encodedSize(model), opset, layers, tensors, warnings };
}
