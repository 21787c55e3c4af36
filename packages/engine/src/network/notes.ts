// What opening a network has to say of it: sentences for a person, in the order of what was done.

import { type Inference, type Model, opName, opsetOf } from "@bitscape/graph";
import { allNodes } from "./layers.ts";
import type { Layer } from "./network.ts";
import { quantizedNote } from "./quantized.ts";

/**
 * @param original as read
 * @param inlined without model-local functions
 * @param model as it is quantized
 */
export function notesOf(
  original: Model,
  inlined: Model,
  model: Model,
  { missing }: Inference,
  layers: readonly Layer[],
): string[] {
  const notes: string[] = [];
  const functions = original.source?.functions.length ?? 0;
  if (functions > 0) {
    notes.push(
      `${functions} model-local ${functions === 1 ? "function was" : "functions were"} inlined: ` +
        `${original.graph.nodes.length} nodes became ${inlined.graph.nodes.length}`,
    );
  }
  const was = opsetOf(original);
  if (original.opsets.has("") && opsetOf(model) > was)
    notes.push(`opset ${was} is raised to ${opsetOf(model)}, which per-channel quantization needs`);
  const before = inlined.graph.nodes.length;
  const removed = before - model.graph.nodes.length;
  if (removed > 0)
    notes.push(
      `${removed} of ${before} nodes were folded away (constants, identities, batch normalizations)`,
    );
  const quantized = quantizedNote(allNodes(model.graph), model.graph.constants);
  if (quantized) notes.push(quantized);
  const classical = [...allNodes(model.graph)].filter((node) => node.domain === "ai.onnx.ml");
  if (classical.length > 0) {
    const names = [...new Set(classical.map(opName))].join(", ");
    notes.push(`${names}: these hold their numbers in attributes, which stay as they are`);
  }
  if (layers.every((layer) => layer.weights.length === 0))
    notes.push("nothing here has float weights that can be quantized");
  if (missing.length > 0) {
    const [first] = missing;
    notes.push(
      `${missing.length} nodes have no known shape (first: ${first?.op} ${first?.node}: ${first?.reason})`,
    );
  }
  return notes;
}
