import { encodeModel } from "@bitscape/graph";
import { seededRandom, type Tensor, toFloat32 } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import { openNetwork } from "../network/open.ts";
import { planRecipe } from "../plan/plan.ts";
import { Probe } from "../probe/probe.ts";
import type { Recipe } from "../recipe.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import { gemmNet, matMulNet, type SmallNet, transposedNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { evaluate, scoreOf, type Tally } from "./evaluate.ts";
import { Reference } from "./reference.ts";

const recipe: Recipe = { schema: "bitscape/recipe/1", defaults: { weight: { format: "int3" } } };
const all = (size: number) => Array.from({ length: size }, (_, i) => i);

function labels(count: number, classes: number, seed = 1): Int32Array {
  const random = seededRandom(seed);
  return Int32Array.from({ length: count }, () => Math.floor(random() * classes));
}

interface Set {
  readonly network: Network;
  readonly probe: Probe;
  readonly reference: Reference;
}

async function open(net: SmallNet, dataset: Dataset): Promise<Set> {
  const network = await openSmall(net, wasmRuntime);
  return {
    network,
    probe: await Probe.load(network, wasmRuntime),
    reference: new Reference(network, dataset),
  };
}

async function tallyOf({ network, probe, reference }: Set, indices: readonly number[]): Promise<Tally> {
  const settings = probe.settings(planRecipe(network, recipe));
  return evaluate(
    reference,
    probe,
    indices,
    (samples) => probe.run(samples, settings),
    async () => {},
  );
}

/** The outputs of float and quantized networks on one sample, straight from the probe. */
async function outputsOf({ network, probe, reference }: Set, index: number, name = "y") {
  const samples = await reference.dataset.batch([index]);
  const plan = planRecipe(network, recipe);
  const values = async (settings: ReturnType<Probe["settings"]>) => {
    const { dtype, data } = (await probe.run(samples, settings))[name] as Tensor;
    return Array.from(toFloat32(dtype, data));
  };
  return [await values(probe.settings()), await values(probe.settings(plan))] as const;
}

function softmax(logits: readonly number[]): number[] {
  const exps = logits.map((x) => Math.exp(x));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((x) => x / sum);
}

const best = (row: readonly number[]) => row.indexOf(Math.max(...row));
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("classes", () => {
  test("KL, top-1 and agreement against the formulas, batches or not", async () => {
    const own = labels(70, 10);
    const set = await open(gemmNet, smallDataset(gemmNet, 70, { labels: own, labelShape: [] }));
    const tally = await tallyOf(set, all(70));
    let [correct, floatCorrect, agreeing] = [0, 0, 0];
    for (const index of all(70)) {
      const [float, quantized] = await outputsOf(set, index);
      const [p, q] = [softmax(float), softmax(quantized)];
      const kl = sum(p.map((x, i) => x * Math.log(x / (q[i] as number))));
      expect(tally.comparisons[index]?.divergence).toBeCloseTo(kl, 6);
      if (best(q) === own[index]) correct++;
      if (best(p) === own[index]) floatCorrect++;
      if (best(p) === best(q)) agreeing++;
    }
    expect(agreeing).toBeGreaterThan(20);
    expect(agreeing).toBeLessThan(70);
    expect(tally.top1("k")).toMatchObject({ value: correct / 70, n: 70, of: "k" });
    expect(tally.drop("k")?.value).toBeCloseTo((floatCorrect - correct) / 70, 12);
    expect(tally.agreement()).toBe(agreeing / 70);
    const score = scoreOf(tally, set.reference, "k", true);
    expect(score).toMatchObject({ metric: "kl", data: "real", done: true });
    expect(score.divergence.n).toBe(70);
  });

  test("without labels: no accuracy", async () => {
    const set = await open(gemmNet, smallDataset(gemmNet, 5));
    const tally = await tallyOf(set, all(5));
    expect([tally.top1(""), tally.drop("")]).toEqual([null, null]);
    expect(tally.agreement()).not.toBeNull();
  });

  test("samples whose label is −1 count for KL alone", async () => {
    const own = Int32Array.of(-1, 3, -1, 2);
    const set = await open(gemmNet, smallDataset(gemmNet, 4, { labels: own, labelShape: [] }));
    const tally = await tallyOf(set, all(4));
    expect([tally.top1("")?.n, tally.divergence("").n, tally.sum("positions")]).toEqual([2, 4, 4]);
  });

  test("the float network against itself is zero everywhere", async () => {
    const set = await open(gemmNet, smallDataset(gemmNet, 6, { labels: labels(6, 10), labelShape: [] }));
    const float = (samples: Parameters<Probe["run"]>[0]) => set.probe.run(samples, set.probe.settings());
    const tally = await evaluate(set.reference, set.probe, all(6), float, async () => {});
    expect([tally.divergence("").value, tally.drop("")?.value, tally.agreement()]).toEqual([0, 0, 1]);
  });

  test("the float network alone is run once a sample, and scores as it does against itself", async () => {
    const dataset = smallDataset(gemmNet, 6, { labels: labels(6, 10), labelShape: [] });
    const both = await open(gemmNet, dataset);
    const float = (samples: Parameters<Probe["run"]>[0]) => both.probe.run(samples, both.probe.settings());
    const compared = await evaluate(both.reference, both.probe, all(6), float, async () => {});
    const alone = await open(gemmNet, dataset);
    let samples = 0;
    const counting = {
      settings: () => alone.probe.settings(),
      run: (feeds: Parameters<Probe["run"]>[0], settings: ReturnType<Probe["settings"]>) => {
        samples += Object.values(feeds)[0]?.shape[0] ?? 0;
        return alone.probe.run(feeds, settings);
      },
    } as unknown as Probe;
    for (let time = 0; time < 2; time++) {
      const tally = await evaluate(alone.reference, counting, all(6), undefined, async () => {});
      expect(tally.comparisons).toEqual(compared.comparisons);
      expect(samples).toBe(6);
    }
  });
});

describe("a label for each position", () => {
  test("padding (−1) counts for nothing", async () => {
    // y is [N, 7, 6]: seven positions, six classes.
    const own = labels(3 * 7, 6);
    own.fill(-1, 5, 7);
    own.fill(-1, 7, 14);
    const set = await open(matMulNet, smallDataset(matMulNet, 3, { labels: own, labelShape: [7] }));
    expect(set.reference.kind).toMatchObject({ kind: "classes", classes: 6 });
    const tally = await tallyOf(set, all(3));
    expect(tally.comparisons.map(({ labelled, positions }) => [labelled, positions])).toEqual([
      [5, 5],
      [0, 0],
      [7, 7],
    ]);
    const [float, quantized] = await outputsOf(set, 0);
    const rows = all(5).map((at) => {
      const [p, q] = [softmax(float.slice(at * 6, at * 6 + 6)), softmax(quantized.slice(at * 6, at * 6 + 6))];
      return sum(p.map((x, i) => x * Math.log(x / (q[i] as number))));
    });
    expect(tally.comparisons[0]?.divergence).toBeCloseTo(sum(rows) / 5, 6);
    expect(tally.comparisons[1]?.divergence).toBe(0);
    expect(tally.top1("")?.n).toBe(12);
  });
});

test("values: the noise's share of the signal's power", async () => {
  const set = await open(transposedNet, smallDataset(transposedNet, 3));
  expect([set.reference.kind.kind, set.reference.metric]).toEqual(["values", "mse"]);
  const tally = await tallyOf(set, all(3));
  for (const index of all(3)) {
    const [float, quantized] = await outputsOf(set, index);
    const noise = sum(float.map((x, i) => (x - (quantized[i] as number)) ** 2));
    expect(tally.comparisons[index]?.divergence).toBeCloseTo(noise / sum(float.map((x) => x * x)), 9);
  }
  expect([tally.agreement(), tally.top1("")]).toEqual([null, null]);
});

test("a network with a fixed batch compares each sample once", async () => {
  const { graph } = gemmNet.model;
  const inputs = graph.inputs.map((input) => ({ ...input, shape: [4, 40] }));
  const file = encodeModel({ ...gemmNet.model, graph: { ...graph, inputs } });
  const network = await openNetwork(file, wasmRuntime, { name: "fixed" });
  const dataset = smallDataset(gemmNet, 6, { labels: labels(6, 10), labelShape: [] });
  const fixed = {
    network,
    probe: await Probe.load(network, wasmRuntime),
    reference: new Reference(network, dataset),
  };
  const free = await open(gemmNet, dataset);
  expect((await tallyOf(fixed, all(6))).comparisons).toEqual((await tallyOf(free, all(6))).comparisons);
});

test("the float network runs once a sample", async () => {
  const set = await open(gemmNet, smallDataset(gemmNet, 40));
  let floatRuns = 0;
  const probe = {
    settings: set.probe.settings.bind(set.probe),
    run: (samples: Parameters<Probe["run"]>[0], settings: Parameters<Probe["run"]>[1]) => {
      floatRuns++;
      return set.probe.run(samples, settings);
    },
  } as unknown as Probe;
  const settings = set.probe.settings(planRecipe(set.network, recipe));
  const run = (samples: Parameters<Probe["run"]>[0]) => set.probe.run(samples, settings);
  await evaluate(set.reference, probe, all(40), run, async () => {});
  expect(floatRuns).toBe(2);
  await evaluate(set.reference, probe, all(40), run, async () => {});
  expect(floatRuns).toBe(2);
});

test("a missing output is named", async () => {
  const set = await open(gemmNet, smallDataset(gemmNet, 2));
  const [batch] = set.reference.batches([0]);
  await expect(
    set.reference.compare(batch as NonNullable<typeof batch>, set.probe, async () => ({})),
  ).rejects.toThrow("output y: not among the results");
});

test("cancelled between batches", async () => {
  const set = await open(gemmNet, smallDataset(gemmNet, 64));
  const seen: number[] = [];
  const run = (samples: Parameters<Probe["run"]>[0]) => set.probe.run(samples, set.probe.settings());
  const cancelled = evaluate(set.reference, set.probe, all(64), run, async (tally) => {
    seen.push(tally.comparisons.length);
    if (tally.comparisons.length > 0) throw new Error("enough");
  });
  await expect(cancelled).rejects.toThrow("enough");
  expect(seen).toEqual([0, 32]);
});
