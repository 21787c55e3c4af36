import { encodeModel } from "@bitscape/graph";
import { expect, test } from "vitest";
import { cellRecipe, cellsOf } from "../cells/sensitivity.ts";
import type { Network } from "../network/network.ts";
import { calibrate } from "../plan/calibrate.ts";
import { planRecipe } from "../plan/plan.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import { differenceOf } from "../testing/exports.ts";
import { residualNet, samplesOf, smallNets } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { Prefixes } from "./prefixes.ts";
import { Probe, probeModel } from "./probe.ts";
import { findCuts, prefixModel, suffixModel } from "./stages.ts";

const idle = async () => {};

/** Counts how often each loaded model runs, in the order they were loaded. */
function counting(runtime: Runtime): { runtime: Runtime; runs: number[] } {
  const runs: number[] = [];
  const load: Runtime["load"] = async (file, options) => {
    const session = await runtime.load(file, options);
    const at = runs.push(0) - 1;
    return {
      ...session,
      run: (feeds, fetch) => {
        runs[at] = (runs[at] as number) + 1;
        return session.run(feeds, fetch);
      },
    };
  };
  return { runtime: { name: runtime.name, load }, runs };
}

async function rangesOf(network: Network, net: Parameters<typeof smallDataset>[0]) {
  return calibrate(network, smallDataset(net, 4), [0, 1, 2, 3], wasmRuntime, idle);
}

test.each(smallNets)("$name: every cell from a cut is the cell of the whole network", async (net) => {
  const network = await openSmall(net, wasmRuntime);
  const probe = await Probe.load(network, wasmRuntime);
  const ranges = await rangesOf(network, net);
  const samples = samplesOf(net, 3);
  for (const key of cellsOf(network, [3], ["weight", "activation"])) {
    const plan = planRecipe(network, cellRecipe(key), ranges);
    const whole = await probe.run(samples, probe.settings(plan));
    const run = probe.runner(plan, 3);
    // The second time the prefix is remembered.
    for (let time = 0; time < 2; time++) {
      const staged = await run(samples, [0, 1, 2]);
      const outputs = Object.fromEntries(
        Object.keys(whole).map((name) => [name, staged[name]]),
      ) as typeof whole;
      expect(differenceOf(whole, outputs).most, `${key.layer} ${key.target}`).toBeLessThan(1e-5);
    }
  }
  await probe.release();
});

test("a cell of the last layer runs the prefix once and the rest alone", async () => {
  const { runtime, runs } = counting(wasmRuntime);
  const network = await openSmall(residualNet, wasmRuntime);
  const probe = await Probe.load(network, runtime);
  const last = cellsOf(network, [4, 8], ["weight"]).slice(-2);
  const samples = samplesOf(residualNet, 2);
  for (const key of last) await probe.runner(planRecipe(network, cellRecipe(key)), 2)(samples, [0, 1]);
  // The probe itself, what is before the cut, what is after it.
  expect(runs).toEqual([0, 1, 2]);
  await probe.release();
});

test("other samples have prefixes of their own", async () => {
  const network = await openSmall(residualNet, wasmRuntime);
  const probe = await Probe.load(network, wasmRuntime);
  const plan = planRecipe(network, cellRecipe(cellsOf(network, [4], ["weight"]).at(-1) as never));
  const run = probe.runner(plan, 4);
  for (const seed of [1, 2]) {
    const samples = samplesOf(residualNet, 2, seed);
    const whole = await probe.run(samples, probe.settings(plan));
    const name = Object.keys(whole)[0] as string;
    const staged = await run(samples, [2 * seed, 2 * seed + 1]);
    expect(
      differenceOf({ [name]: whole[name] as never }, { [name]: staged[name] as never }).most,
    ).toBeLessThan(1e-5);
  }
  await probe.release();
});

test("cuts: in order, narrow, and what follows one is a whole model that is smaller", async () => {
  const network = await openSmall(residualNet, wasmRuntime);
  const model = probeModel(network);
  const cuts = findCuts(model, network);
  expect(cuts.length).toBeGreaterThan(0);
  const positions = cuts.map((cut) => cut.position);
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
  for (const cut of cuts) {
    expect(cut.tensors.length).toBeGreaterThan(0);
    const suffix = suffixModel(model, cut);
    expect(suffix.graph.nodes.length).toBe(model.graph.nodes.length - cut.position);
    for (const part of [prefixModel(model, cut), suffix]) {
      await (await wasmRuntime.load(encodeModel(part))).release();
    }
  }
});

test("prefixes are kept only where all of them fit, and the oldest go first", async () => {
  const prefixes = new Prefixes();
  const cut = (position: number, bytes: number) => ({ position, tensors: [], bytes });
  const [small, big] = [cut(1, 1000), cut(2, 300 * 2 ** 20)];
  expect(prefixes.affordable([small, big], 1)).toEqual([small]);
  expect(prefixes.affordable([small, big], 1e6)).toEqual([]);
  let runs = 0;
  const run = async () => {
    runs++;
    return { x: { dtype: "uint8", shape: [100 * 2 ** 20], data: new Uint8Array(100 * 2 ** 20) } } as const;
  };
  for (const index of [0, 1, 1, 2, 1, 0]) await prefixes.at(small, [index], run);
  // 0, 1 and 2 are computed; keeping 2 costs 0, which is computed again.
  expect(runs).toBe(4);
});
