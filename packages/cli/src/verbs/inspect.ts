// bitscape inspect MODEL: reads, infers, lists.

import { modelSummary } from "@bitscape/engine";
import { common } from "../flags.ts";
import { openModel, runtimeFor } from "../opening.ts";
import { bytesText, table } from "../text.ts";
import type { Verb } from "../verb.ts";
import { integerFacts } from "./integer.ts";

export const inspect: Verb = {
  name: "inspect",
  takes: ["MODEL"],
  help: "reads a model and lists what can be quantized",
  flags: [...common, "pin"],
  async run(job) {
    const { network } = await openModel(job.positionals[0] as string, job, runtimeFor(job.values));
    const summary = modelSummary(network);
    const { layers, ...rest } = summary;
    const integers = integerFacts(network);
    const weighted = layers
      .filter((layer) => layer.weights.length > 0)
      .map(({ id, op, weights, macs, activations, weightsSharedWith = [] }) => ({
        id,
        op,
        weight: weights[0],
        weights,
        macs,
        activations,
        sharedWith: weightsSharedWith,
      }));
    const others = layers
      .filter((layer) => layer.weights.length === 0)
      .map(({ id, op, activations }) => ({ id, op, activations }));
    const ports = (values: typeof summary.inputs) =>
      values.map(({ name, dtype, shape }) => `${name} ${dtype}[${shape.join(", ")}]`).join("; ");
    const rows = weighted.map(({ id, op, weights, macs }) => [
      id,
      op,
      weights.map(({ shape }) => shape.join("×")).join(" "),
      bytesText(weights.reduce((sum, { bytes }) => sum + bytes, 0)),
      macs === null ? "?" : macs,
    ]);
    const text = [
      `${summary.name}: opset ${summary.opset}, IR ${summary.irVersion}${summary.producer && `, by ${summary.producer}`}; ${summary.parameters} parameters, ${bytesText(summary.bytes)}`,
      `in:  ${ports(summary.inputs)}`,
      `out: ${ports(summary.outputs)}`,
      ...summary.notes.map((note) => `note: ${note}`),
      "",
      table(["layer", "op", "weight", "bytes", "MACs"], rows),
      ...(summary.skipped.length > 0 ? ["", "kept float or shared:"] : []),
      ...summary.skipped.map(({ node, reason }) => `  ${node}: ${reason}`),
      ...(integers.lines.length > 0 ? ["", ...integers.lines] : []),
    ].join("\n");
    return { json: { ...rest, ...integers.json, layers: weighted, activationOnly: others }, text };
  },
};
