import { encodeModel, readsOf } from "@bitscape/graph";
import { expect, it } from "vitest";
import { openNetwork } from "../network/open.ts";
import { residualNet, smallNets } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { outlineOf } from "./outline.ts";

const open = (net: typeof residualNet) =>
  openNetwork(encodeModel(net.model), wasmRuntime, { name: net.name });

it("has each edge that a search over all pairs of nodes finds, and no other", async () => {
  for (const net of smallNets) {
    const network = await open(net);
    const { nodes, edges } = outlineOf(network);
    const { graph } = network.model;
    const found = new Set(edges.map(({ from, to }) => `${nodes[from]?.id} > ${nodes[to]?.id}`));
    expect(found.size).toBe(edges.length);
    const naive = new Set<string>();
    for (const reader of graph.nodes) {
      const reads = readsOf(reader);
      for (const { id, outputs } of graph.nodes) {
        if (outputs.some((name) => name !== "" && reads.includes(name))) naive.add(`${id} > ${reader.id}`);
      }
      for (const { name } of graph.inputs) {
        if (!graph.constants.has(name) && reads.includes(name)) naive.add(`input:${name} > ${reader.id}`);
      }
    }
    for (const { name } of graph.outputs) {
      const maker = graph.nodes.find(({ outputs }) => outputs.includes(name));
      if (maker) naive.add(`${maker.id} > output:${name}`);
    }
    expect([...found].sort(), net.name).toEqual([...naive].sort());
  }
});

it("goes forward only, names each node once, and knows each layer's node", async () => {
  const network = await open(residualNet);
  const { nodes, edges } = outlineOf(network);
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
  expect(edges.every(({ from, to }) => from < to)).toBe(true);
  const named = new Map(nodes.map(({ id, layer }) => [id, layer]));
  for (const { id } of network.layers) expect(named.get(id)).toBe(id);
  expect(nodes[0]).toMatchObject({ op: "Input" });
  expect(nodes.at(-1)).toMatchObject({ op: "Output" });
});
