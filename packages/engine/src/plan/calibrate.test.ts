import { encodeModel } from "@bitscape/graph";
import { addValues, emptyHistogram } from "@bitscape/quant";
import { type Tensor, toFloat32 } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { openNetwork } from "../network/open.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import { attentionNet, convNet, recurrentNet, residualNet, type SmallNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { calibrate } from "./calibrate.ts";

const idle = async () => {};

/** The same network with its batch fixed. */
function fixed(net: SmallNet, batch: number): SmallNet {
  const { graph } = net.model;
  const inputs = graph.inputs.map((input) => ({ ...input, shape: [batch, ...(input.shape ?? []).slice(1)] }));
  return { ...net, model: { ...net.model, graph: { ...graph, inputs } } };
}

/** Every point's values over the samples, one sample at a time, by a session that shows them all. */
async function directly(net: SmallNet, indices: readonly number[]) {
  const network = await openSmall(net, wasmRuntime);
  const { graph } = network.model;
  const extra = network.points.map(({ tensor }) => tensor).filter((name) => !(name in net.inputs));
  const outputs = [...graph.outputs, ...extra.map((name) => ({ name }))];
  const session = await wasmRuntime.load(encodeModel({ ...network.model, graph: { ...graph, outputs } }));
  const dataset = smallDataset(net, 8);
  const histograms = new Map(network.points.map(({ tensor }) => [tensor, emptyHistogram()]));
  for (const index of indices) {
    const samples = await dataset.batch([index]);
    const found: Record<string, Tensor> = { ...samples, ...(await session.run(samples)) };
    for (const [name, histogram] of histograms) {
      const { dtype, data } = found[name] as Tensor;
      addValues(histogram, toFloat32(dtype, data));
    }
  }
  await session.release();
  return histograms;
}

describe("histograms of every point", () => {
  test.each([convNet, residualNet, attentionNet])("$name", async (net) => {
    const network = await openSmall(net, wasmRuntime);
    const indices = [0, 3, 4, 7, 1];
    const found = await calibrate(network, smallDataset(net, 8), indices, wasmRuntime, idle);
    expect([...found.keys()]).toEqual(network.points.map(({ tensor }) => tensor));
    expect(found).toEqual(await directly(net, indices));
  });

  test("a fixed batch counts each sample once", async () => {
    const net = fixed(convNet, 4);
    const network = await openNetwork(encodeModel(net.model), wasmRuntime, { name: "fixed" });
    const found = await calibrate(network, smallDataset(convNet, 8), [0, 1, 2, 3, 4], wasmRuntime, idle);
    expect(found).toEqual(await directly(convNet, [0, 1, 2, 3, 4]));
  });

  test("no session for a network without points", async () => {
    const network = await openSmall(recurrentNet, wasmRuntime);
    const none: Runtime = {
      name: "none",
      load: async () => {
        throw new Error("not to be loaded");
      },
    };
    expect(await calibrate(network, smallDataset(recurrentNet, 2), [0, 1], none, idle)).toEqual(new Map());
  });
});

test("a cancel between batches ends it, and its session", async () => {
  const network = await openSmall(convNet, wasmRuntime);
  const seen: number[] = [];
  let released = 0;
  const runtime: Runtime = {
    name: "counting",
    async load(file, options) {
      const session = await wasmRuntime.load(file, options);
      return {
        ...session,
        release: () => {
          released++;
          return session.release();
        },
      };
    },
  };
  const controller = new AbortController();
  const between = async (done: number) => {
    seen.push(done);
    if (done > 0) controller.abort();
    controller.signal.throwIfAborted();
  };
  const many = Array.from({ length: 100 }, (_, i) => i % 8);
  await expect(calibrate(network, smallDataset(convNet, 8), many, runtime, between)).rejects.toThrow(
    controller.signal.reason ?? /abort/i,
  );
  expect(seen).toEqual([0, 32]);
  expect(released).toBe(1);
});
