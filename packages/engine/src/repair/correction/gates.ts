// Which of a layer's outputs the rest of the network sees: those that the ReLU behind it lets through. Walks the graph; what is
// done with it is correction.ts.

import { type Links, linksOf, type Node } from "@bitscape/graph";
import { floatsOf } from "../../network/constants.ts";
import type { Network } from "../../network/network.ts";
import type { BiasSite } from "./sites.ts";

/** Outputs are seen where a tensor of the same shape lies strictly between two values; no upper one where it is null. */
export interface Gate {
  readonly tensor: string;
  readonly low: number;
  readonly high: number | null;
}

/**
 * What an output counts that its ReLU cuts off, where one that it lets through counts 1: the float network does not see it, but
 * rounding may carry it over. KL at 0, ¼ and 1 (every output alike, as published), held-out samples, int4: shapes-resnet SQuant
 * .0038 .0037 .0067; shapes-mobile SQuant .0103 .0111 .0156; resnet8 a scale a tensor 1.61 1.34 1.16.
 */
export const UNSEEN = 0.25;

/** Operators that lead from a layer to its ReLU element by element: the other side of a residual sum, a normalisation not folded. */
const elementwise = new Set(["Add", "Identity", "BatchNormalization"]);

/** What each operator that cuts values off lets through; undefined where it is not the whole of a side. */
const cutting: Readonly<Record<string, (node: Node, network: Network) => Omit<Gate, "tensor"> | undefined>> =
  {
    Relu: () => ({ low: 0, high: null }),
    // Clip-11 on: its bounds are inputs.
    Clip: ({ inputs }, { model }) => {
      const [low, high] = [inputs[1] ?? "", inputs[2] ?? ""].map((name) => {
        const constant = model.graph.constants.get(name);
        return constant?.dtype === "float32" ? (floatsOf(constant)[0] as number) : undefined;
      });
      return low === undefined ? undefined : { low, high: high ?? null };
    },
  };

/** The gate of each site, by layer; sites whose outputs are all seen have none. */
export function gatesOf(network: Network, sites: readonly BiasSite[]): Map<string, Gate> {
  const links = linksOf(network.model.graph);
  return new Map(
    sites.flatMap((site) => {
      const gate = gateOf(network, site, links);
      return gate ? [[site.layer.id, gate] as const] : [];
    }),
  );
}

function gateOf(network: Network, { output }: BiasSite, { consumers, outputs }: Links): Gate | undefined {
  const shape = network.values.get(output)?.shape.join();
  let at = output;
  for (;;) {
    const [reader, ...others] = consumers.get(at) ?? [];
    const [next = ""] = reader?.outputs ?? [];
    // Whoever else reads it sees all of it.
    if (!reader || others.length > 0 || outputs.has(at) || reader.domain !== "") return undefined;
    const value = network.values.get(next);
    if (value?.shape.join() !== shape || value?.dtype !== "float32") return undefined;
    const through = cutting[reader.op]?.(reader, network);
    if (through) return { tensor: next, ...through };
    if (!elementwise.has(reader.op)) return undefined;
    at = next;
  }
}
