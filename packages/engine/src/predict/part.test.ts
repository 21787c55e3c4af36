// Directional derivatives against central differences of the network itself, for weights and activations; the two
// formulations against each other; the diagonal against squared gradients; the seed against its definition.

import { build, constantOf, encodeModel, type Graph, int, renameReads } from "@bitscape/graph";
import { roundHalfEven } from "@bitscape/quant";
import { type Tensor, tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { type CellKey, cellName, cellsOf } from "../cells/sensitivity.ts";
import { floatsOf } from "../network/constants.ts";
import type { Network } from "../network/network.ts";
import type { Feeds } from "../runtime/runtime.ts";
import type { OutputKind } from "../score/output.ts";
import { Reference } from "../score/reference.ts";
import { Study } from "../study.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import * as nets from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { batching } from "./batching.ts";
import type { Formulation } from "./formulation.ts";
import { partOf } from "./part.ts";
import { Predictor } from "./predictor.ts";
import { seeding } from "./seed.ts";
import { termsOf } from "./terms.ts";

const SAMPLES = 5;
const slots = Array.from({ length: SAMPLES }, (_, index) => ({ index, draw: 0 }));
const none = async () => {};

type Net = (typeof nets.smallNets)[number];

/** A network's outputs with something in it changed. */
async function outputsOf(network: Network, graph: Graph, feeds: Feeds): Promise<Record<string, Tensor>> {
  const session = await wasmRuntime.load(encodeModel({ ...network.model, graph }));
  const result = await session.run(feeds);
  await session.release();
  return result;
}

/** The graph with a float constant moved by some numbers. */
function withWeight({ model }: Network, name: string, move: (x: number, i: number) => number): Graph {
  const constants = new Map(model.graph.constants);
  const old = constants.get(name);
  if (!old) throw new Error(name);
  const data = floatsOf(old).map(move);
  constants.set(name, constantOf(name, { dtype: "float32", shape: old.shape, data }));
  return { ...model.graph, constants };
}

/** The graph whose readers of a tensor see it moved by a constant. */
function withPoint({ model }: Network, name: string, delta: Tensor): Graph {
  const moved = `${name}.moved`;
  const add = build.node("Add", [name, "moved.by"], [moved], {}, moved);
  const nodes = model.graph.nodes.flatMap((node) => {
    const renamed = renameReads(node, (each) => (each === name ? moved : each));
    return node.outputs.includes(name) ? [renamed, add] : [renamed];
  });
  const inner = model.graph.nodes.some((node) => node.outputs.includes(name));
  return {
    ...model.graph,
    nodes: inner ? nodes : [add, ...nodes],
    constants: new Map([...model.graph.constants, ["moved.by", constantOf("moved.by", delta)]]),
  };
}

/** The vector at the output that the seed stands for, from its definition, in float64. */
function seedVector(kind: OutputKind, outputs: Feeds, signs: Feeds): { output: string; v: Float64Array }[] {
  const given = Object.values(signs).map(({ data }) => data as Float32Array);
  if (kind.kind === "values") {
    return kind.outputs.map((output, k) => {
      const y = (outputs[output] as Tensor).data as Float32Array;
      const each = y.length / SAMPLES;
      return {
        output,
        v: Float64Array.from(y, (_, i) => {
          const own = y.subarray(Math.floor(i / each) * each, (Math.floor(i / each) + 1) * each);
          return (given[k]?.[i] as number) / Math.sqrt(own.reduce((sum, x) => sum + x * x, 0));
        }),
      };
    });
  }
  const { output, classes } = kind;
  const z = (outputs[output] as Tensor).data as Float32Array;
  const v = new Float64Array(z.length);
  for (let row = 0; row < z.length; row += classes) {
    const e = Array.from(z.subarray(row, row + classes), Math.exp);
    const p = e.map((x) => x / e.reduce((a, b) => a + b, 0));
    const drawn = p.map((x, c) => Math.sqrt(x) * (given[0]?.[row + c] as number));
    const sum = drawn.reduce((a, b) => a + b, 0);
    for (const [c, x] of p.entries()) v[row + c] = (drawn[c] as number) - x * sum;
  }
  return [{ output, v }];
}

/** ⟨v_n, (y(+h) − y(−h)) / 2h⟩ for each sample. */
function differences(seeds: ReturnType<typeof seedVector>, up: Feeds, down: Feeds, h: number): Float64Array {
  const found = new Float64Array(SAMPLES);
  for (const { output, v } of seeds) {
    const [a, b] = [up, down].map((each) => (each[output] as Tensor).data as Float32Array);
    const each = v.length / SAMPLES;
    for (const [i, x] of v.entries())
      found[Math.floor(i / each)] =
        (found[Math.floor(i / each)] as number) + (x * ((a?.[i] as number) - (b?.[i] as number))) / (2 * h);
  }
  return found;
}

async function studied(net: Net) {
  const network = await openSmall(net, wasmRuntime);
  const dataset = smallDataset(net, SAMPLES);
  const study = await Study.open(network, dataset, wasmRuntime);
  const samples = await dataset.batch(slots.map(({ index }) => index));
  return { network, dataset, study, samples, kind: new Reference(network, dataset).kind };
}

/** Within a part of the largest. */
function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, of: string): void {
  const most = Array.from(expected).reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((found[i] as number) - (expected[i] as number)) / most;
    expect(difference, `${of}, sample ${i}: ${found[i]} against ${expected[i]}`).toBeLessThan(0.02);
  }
}

// Recurrent cells have no gradient.
const differentiable = nets.smallNets.filter((net) => net !== nets.recurrentNet);

describe("a derivative is that of the network along the quantization error", () => {
  test.each(differentiable)("$name", async (net) => {
    const { network, study, samples, kind, dataset } = await studied(net);
    const ranges = await study.ranges(none);
    const keys = cellsOf(network, [3, 6], ["weight", "activation"]);
    const predictor = new Predictor(network, dataset, kind, wasmRuntime);
    const found = new Map<string, Float64Array>();
    const job = { keys, slots, ranges, between: none };
    const { without } = await predictor.derive(job, (cells) => {
      for (const { key, derivatives } of cells) found.set(cellName(key), derivatives);
    });
    await predictor.release();
    await study.release();
    expect(without).toEqual([]);
    expect(found.size).toBe(keys.length);
    const base = batching(network, SAMPLES);
    const values = (base ?? (batching(network, 1) as NonNullable<typeof base>)).values;
    const one = base ? SAMPLES : 1;
    const signs = Object.fromEntries(
      Object.entries(seeding(kind, values, dataset, one).feeds(slots.slice(0, one))),
    );
    if (one === 1) return; // the values above are of single samples
    const exact = await outputsOf(network, network.model.graph, samples);
    const seeds = seedVector(kind, exact, signs);
    // One column of each layer: the others differ in numbers only.
    for (const key of keys.filter(({ bits }) => bits === 6)) {
      const terms = termsOf(network, [key], ranges);
      const expected = new Float64Array(SAMPLES);
      const add = (more: Float64Array) => {
        for (const [i, x] of more.entries()) expected[i] = (expected[i] as number) + x;
      };
      // Small, so that few ReLU kinks lie within.
      const h = 0.005;
      for (const { weight, changes } of terms.weights) {
        const change = changes[0]?.() as Float32Array;
        const run = (way: number) =>
          outputsOf(
            network,
            withWeight(network, weight.name, (x, i) => x + way * h * (change[i] as number)),
            samples,
          );
        add(differences(seeds, await run(1), await run(-1), h));
      }
      for (const { tensor: name, plans } of terms.points) {
        const a = (samples[name] ?? (await activationOf(network, name, samples))) as Tensor;
        const { scale, zeroPoint, format } = plans[0] as (typeof plans)[number];
        if (format.kind === "float8") throw new Error("integers only");
        const change = Float32Array.from(a.data as Float32Array, (x) => {
          const code = Math.min(format.qmax, Math.max(format.qmin, roundHalfEven(x / scale) + zeroPoint));
          return (code - zeroPoint) * scale - x;
        });
        const run = (way: number) =>
          outputsOf(
            network,
            withPoint(network, name, {
              dtype: "float32",
              shape: a.shape,
              data: change.map((x) => way * h * x),
            }),
            samples,
          );
        add(differences(seeds, await run(1), await run(-1), h));
      }
      expectNear(found.get(cellName(key)) as Float64Array, expected, cellName(key));
    }
  });
});

async function activationOf(network: Network, name: string, samples: Feeds): Promise<Tensor> {
  const { graph } = network.model;
  const outputs = [...graph.outputs, build.value(name, "float32")];
  return (await outputsOf(network, { ...graph, outputs }, samples))[name] as Tensor;
}

describe("formulations", () => {
  test.each(differentiable.filter((net) => ![nets.batchedNet, nets.matMulNet, nets.gatherNet].includes(net)))(
    "$name: the operator on changes is the gradient times changes",
    async (net) => {
      const { network, dataset, kind, samples, study } = await studied(net);
      await study.release();
      const base = batching(network, SAMPLES) ?? batching(network, 1);
      if (!base) throw new Error("no batch");
      const keys = cellsOf(network, [2, 4], ["weight"]);
      const terms = termsOf(network, keys, undefined);
      const weights = terms.weights.map(({ weight, changes }) => ({
        weight,
        changes: changes.map((each) => each()),
      }));
      const seeds = seeding(kind, base.values, dataset, base.size);
      const run = async (formulation: Formulation) => {
        const part = partOf({
          ...{ network, batching: base, seeding: seeds, weights, points: [], formulation },
          form: "directional",
        });
        const session = await wasmRuntime.load(encodeModel(part.model));
        const own = base.size === SAMPLES ? samples : await dataset.batch([0]);
        const result = await session.run({ ...own, ...seeds.feeds(slots.slice(0, base.size)) });
        await session.release();
        return { part, data: result[part.output as string]?.data as Float32Array };
      };
      const [gradient, operator] = [await run("gradient"), await run("operator")];
      expect(operator.part.offsets).toEqual(gradient.part.offsets);
      expectNear(operator.data, gradient.data, net.name);
    },
  );
});

test("the diagonal is the sum of squared gradients times squared changes", async () => {
  const { network, dataset, kind, study } = await studied(nets.convNet);
  await study.release();
  const keys: CellKey[] = [{ layer: "second", target: "weight", bits: 3 }];
  const predictor = new Predictor(network, dataset, kind, wasmRuntime);
  let found = new Float64Array();
  await predictor.derive({ keys, form: "diagonal", slots, between: none }, ([cell]) => {
    found = cell?.derivatives as Float64Array<ArrayBuffer>;
  });
  await predictor.release();
  const [term] = termsOf(network, keys, undefined).weights;
  if (!term) throw new Error("no weight");
  const change = term.changes[0]?.() as Float32Array;
  // Each element alone: its derivative is its gradient times its change.
  const base = batching(network, SAMPLES);
  if (!base) throw new Error("no batch");
  const seeds = seeding(kind, base.values, dataset, SAMPLES);
  const some = [3, 100, 400];
  const all = await elementwise(network, term.weight, change, base, seeds, dataset);
  for (const i of some) {
    const samples = await dataset.batch(slots.map(({ index }) => index));
    const vectors = seedVector(
      kind,
      await outputsOf(network, network.model.graph, samples),
      seeds.feeds(slots),
    );
    const h = 0.05;
    const run = (way: number) =>
      outputsOf(
        network,
        withWeight(network, "w2", (x, at) => (at === i ? x + way * h * 0.1 : x)),
        samples,
      );
    const slope = differences(vectors, await run(1), await run(-1), h).map((x) => x / 0.1);
    expectNear(
      all.gradient.map((row) => row[i] as number),
      slope,
      `element ${i}`,
    );
  }
  const expected = all.gradient.map((row) =>
    Math.sqrt(row.reduce((sum, g, i) => sum + (g * (change[i] as number)) ** 2, 0)),
  );
  expectNear(found, expected, "diagonal");
});

/** Gradients of single elements, sample by sample: derivatives along unit changes. */
async function elementwise(
  network: Network,
  weight: (typeof network.layers)[number]["weights"][number],
  change: Float32Array,
  base: NonNullable<ReturnType<typeof batching>>,
  seeds: ReturnType<typeof seeding>,
  dataset: Awaited<ReturnType<typeof studied>>["dataset"],
): Promise<{ gradient: Float64Array[] }> {
  const units = Array.from(change, (_, i) => Float32Array.from(change, (_x, j) => (i === j ? 1 : 0)));
  const part = partOf({
    ...{ network, batching: base, seeding: seeds, points: [], form: "directional", formulation: "gradient" },
    weights: [{ weight, changes: units }],
  });
  const session = await wasmRuntime.load(encodeModel(part.model));
  const samples = await dataset.batch(slots.map(({ index }) => index));
  const data = (await session.run({ ...samples, ...seeds.feeds(slots) }))[part.output as string]
    ?.data as Float32Array;
  await session.release();
  const width = units.length;
  return {
    gradient: slots.map((_, n) => Float64Array.from(data.subarray(n * width, (n + 1) * width))),
  };
}

describe("the seed", () => {
  const kind = { kind: "classes", output: "z", form: "logits", classes: 3 } as const;
  const logits = [0.5, -1, 2];

  test("averages over all signs to the Fisher matrix of the output", async () => {
    const values = new Map([["z", { dtype: "float32" as const, shape: [1, 3] }]]);
    const { nodes, constants, inputs, seeds, feeds } = seeding(kind, values, { size: 1 }, 1);
    const graph = build.graph({
      nodes,
      constants,
      inputs: [build.value("z", "float32", [1, 3]), ...inputs],
      outputs: [build.value(seeds.get("z") as string, "float32")],
    });
    const session = await wasmRuntime.load(encodeModel(build.model(graph, 13)));
    const [signs] = Object.keys(feeds([{ index: 0, draw: 0 }])) as [string];
    const sum = new Float64Array(9);
    for (let pattern = 0; pattern < 8; pattern++) {
      const data = [0, 1, 2].map((bit) => (pattern & (1 << bit) ? 1 : -1));
      const run = await session.run({
        z: tensor("float32", [1, 3], logits),
        [signs]: tensor("float32", [1, 1, 3], data),
      });
      const v = run[seeds.get("z") as string]?.data as Float32Array;
      for (let i = 0; i < 9; i++)
        sum[i] = (sum[i] as number) + ((v[Math.floor(i / 3)] as number) * (v[i % 3] as number)) / 8;
    }
    await session.release();
    const e = logits.map(Math.exp);
    const p = e.map((x) => x / e.reduce((a, b) => a + b, 0));
    const fisher = Array.from({ length: 9 }, (_, i) => {
      const [a, b] = [Math.floor(i / 3), i % 3];
      return (a === b ? (p[a] as number) : 0) - (p[a] as number) * (p[b] as number);
    });
    expectNear(sum, fisher, "Fisher");
  });

  test("is the same for a sample in whatever batch it runs, and another for another draw", () => {
    const shapes = (batch: number) => new Map([["z", { dtype: "float32" as const, shape: [batch, 3] }]]);
    const one = (index: number, draw: number) =>
      Object.values(seeding(kind, shapes(1), { size: 9 }, 1).feeds([{ index, draw }]))[0]
        ?.data as Float32Array;
    const both = Object.values(
      seeding(kind, shapes(2), { size: 9 }, 2).feeds([
        { index: 4, draw: 0 },
        { index: 7, draw: 1 },
      ]),
    )[0]?.data as Float32Array;
    expect([...both]).toEqual([...one(4, 0), ...one(7, 1)]);
    const draws = Array.from({ length: 8 }, (_, draw) => one(4, draw).join());
    expect(new Set(draws).size).toBeGreaterThan(2);
  });

  test("leaves out positions without a label, and weighs the others as a mean does", () => {
    const shapes = new Map([["z", { dtype: "float32" as const, shape: [1, 4, 3] }]]);
    const dataset = { size: 1, labels: Int32Array.of(2, -1, 0, -1) };
    const data = Object.values(seeding(kind, shapes, dataset, 1).feeds([{ index: 0, draw: 0 }]))[0]?.data;
    const sizes = Array.from(data as Float32Array, (x) => Math.abs(x));
    const one = Math.fround(1 / Math.sqrt(2));
    expect(sizes).toEqual([one, one, one, 0, 0, 0, one, one, one, 0, 0, 0]);
  });
});

test("probabilities behind a Softmax predict as the logits before it do", async () => {
  const softmaxed = {
    ...nets.gemmNet,
    model: {
      ...nets.gemmNet.model,
      graph: {
        ...nets.gemmNet.model.graph,
        nodes: [
          ...nets.gemmNet.model.graph.nodes,
          build.node("Softmax", ["y"], ["p"], { axis: int(1) }, "soft"),
        ],
        outputs: [build.value("p", "float32")],
      },
    },
  };
  const means: number[][] = [];
  for (const net of [nets.gemmNet, softmaxed]) {
    const network = await openSmall(net, wasmRuntime);
    const dataset = smallDataset(net, 6);
    const { kind } = new Reference(network, dataset);
    const predictor = new Predictor(network, dataset, kind, wasmRuntime);
    // Of many draws: the two seeds draw differently.
    const many = Array.from({ length: 6 * 200 }, (_, i) => ({ index: i % 6, draw: Math.floor(i / 6) }));
    const found = new Map<string, number>();
    const job = { keys: cellsOf(network, [3], ["weight"]), slots: many, between: none };
    await predictor.derive(job, (cells) => {
      for (const { key, derivatives } of cells)
        found.set(key.layer, derivatives.reduce((sum, a) => sum + a * a, 0) / many.length);
    });
    await predictor.release();
    means.push([found.get("up") as number, found.get("down") as number]);
  }
  const [logits, probabilities] = means as [number[], number[]];
  for (const [i, x] of logits.entries())
    expect(probabilities[i]).toBeCloseTo(x, 1 - Math.floor(Math.log10(x)));
});
