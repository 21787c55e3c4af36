// The integer-only export against naive integer arithmetic, bit for bit, and every small network in both forms: either
// integers alone between its quantizers and close to what the probe simulates, or refused in one sentence.

import { build, encodeModel, int, ints, type Model } from "@bitscape/graph";
import { dyadic } from "@bitscape/methods";
import { roundHalfEven } from "@bitscape/quant";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PointPlan, WeightPlan } from "../plan/plan.ts";
import { planRecipe } from "../plan/plan.ts";
import { encodeWeight } from "../plan/weight.ts";
import { presetRecipe, type Recipe } from "../recipe.ts";
import type { Feeds } from "../runtime/runtime.ts";
import { type Bench, benchOf, differenceOf } from "../testing/exports.ts";
import { bias, type SmallNet, smallNet, smallNets, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { type Arithmetic, settled } from "./arithmetic.ts";
import { exportInteger } from "./exportInteger.ts";
import { integerProof } from "./floatBetween.ts";

const { node } = build;
const pads = { pads: ints([1, 1, 1, 1]) };

/** Conv, Relu, Conv, residual Add, Relu, MaxPool, GlobalAveragePool, Flatten, Gemm. */
const block: SmallNet = smallNet("block", {
  inputs: { x: { shape: [3, 6, 6] } },
  constants: [
    weight("w1", [4, 3, 3, 3], 1),
    bias("b1", 4, 2),
    weight("w2", [4, 4, 3, 3], 3),
    bias("b2", 4, 4),
    weight("w3", [5, 4], 5),
    bias("b3", 5, 6),
  ],
  nodes: [
    node("Conv", ["x", "w1", "b1"], ["c1"], pads, "stem"),
    node("Relu", ["c1"], ["r1"], {}, "relu1"),
    node("Conv", ["r1", "w2", "b2"], ["c2"], pads, "body"),
    node("Add", ["c2", "r1"], ["s"], {}, "sum"),
    node("Relu", ["s"], ["r2"], {}, "relu2"),
    node("MaxPool", ["r2"], ["m"], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, "halve"),
    node("GlobalAveragePool", ["m"], ["g"], {}, "mean"),
    node("Flatten", ["g"], ["f"], {}, "flat"),
    node("Gemm", ["f", "w3", "b3"], ["y"], { transB: int(1) }, "head"),
  ],
});

const dyadicForm = (multiplierBits?: number): Arithmetic => ({
  kind: "integer",
  operators: "integer",
  ...(multiplierBits && { multiplierBits }),
});

async function exportOf(bench: Bench, recipe: Recipe, arithmetic: Arithmetic) {
  const asked = { ...recipe, arithmetic };
  const plan = planRecipe(bench.network, asked, bench.ranges);
  return { plan, ...(await exportInteger(bench.network, plan, asked, arithmetic)) };
}

async function run(model: Model, feeds: Feeds): Promise<Feeds> {
  const session = await wasmRuntime.load(encodeModel(model));
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

describe("naive integer arithmetic gives the same numbers", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await benchOf(block, wasmRuntime);
  });
  afterAll(() => bench.probe.release());

  test.each([
    ["w8a8", 31],
    ["w8a8", 12],
    ["w8a8", 6],
    ["w4a8", 31],
  ] as const)("%s, multipliers of %i bits", async (preset, bits) => {
    const { plan, model, integer } = await exportOf(bench, presetRecipe(preset), dyadicForm(bits));
    expect(integerProof(model).floatOperators).toEqual([]);
    const point = (name: string) => {
      const found = [...plan.points.values()].find(
        (each) => each.point.tensor === name || each.point.aliases.includes(name),
      );
      if (!found) throw new Error(`no point ${name}`);
      return found;
    };
    const x = bench.feeds.x as { data: Float32Array };
    const naive = new Naive(bench, bits, plan.weights);
    for (let sample = 0; sample < 2; sample++) {
      const input = x.data.subarray(sample * 108, (sample + 1) * 108);
      const r1 = naive.conv(naive.quantize(input, point("x")), point("x"), "w1", "b1", 6, point("r1"), true);
      const c2 = naive.conv(r1, point("r1"), "w2", "b2", 6, point("c2"), false);
      const r2 = naive.add(c2, point("c2"), r1, point("r1"), point("r2"));
      const m = naive.maxPool(r2, 6, 4);
      const g = naive.mean(m, 9, point("r2"), point("g"));
      const y = naive.head(g, point("g"), "w3", "b3");
      const found = (await run(model, bench.feeds)).y as { data: Float32Array };
      expect(found.data.subarray(sample * 5, (sample + 1) * 5)).toEqual(y);
    }
    for (const layer of integer.layers) {
      for (const branch of layer.branches) {
        expect(branch.multiplier).toBeLessThan(2 ** bits);
        const both = layer.form === "add" ? 2 ** -(bits - 2) : 2 ** -bits;
        expect(branch.relativeError).toBeLessThanOrEqual(both);
      }
      expect(layer.overflow?.int32 ?? false).toBe(false);
    }
  });
});

/** One sample at a time, plain loops, multipliers and shifts in BigInt; shares nothing with the export but `dyadic`. */
class Naive {
  readonly #bench: Bench;
  readonly #bits: number;
  readonly #weights: ReadonlyMap<string, WeightPlan>;

  constructor(bench: Bench, bits: number, weights: ReadonlyMap<string, WeightPlan>) {
    this.#bench = bench;
    this.#bits = bits;
    this.#weights = weights;
  }

  quantize(values: Float32Array, { scale, zeroPoint }: PointPlan): number[] {
    return Array.from(values, (v) =>
      clip(roundHalfEven(Math.fround(v / Math.fround(scale))) + zeroPoint, 0, 255),
    );
  }

  #weight(name: string) {
    const encoded = encodeWeight(this.#bench.network, this.#weights.get(name) as WeightPlan);
    if (encoded.kind !== "affine") throw new Error("codes");
    const codes = Array.from(encoded.codes, Number);
    const per = codes.length / encoded.scale.length;
    return {
      codes: codes.map((code, i) => code - (encoded.zeroPoint[Math.floor(i / per)] as number)),
      scale: encoded.scale,
    };
  }

  #bias(name: string, step: (c: number) => number): number[] {
    const constant = this.#bench.network.model.graph.constants.get(name);
    const bytes = constant?.bytes().slice() as Uint8Array<ArrayBuffer>;
    return Array.from(new Float32Array(bytes.buffer), (b, c) => roundHalfEven(b / step(c)));
  }

  #rescaled(acc: number, ratio: number, to: PointPlan, low: number): number {
    const { multiplier, shift } = dyadic(ratio, this.#bits);
    const half = 2n ** BigInt(shift - 1);
    const y = Number((BigInt(acc) * BigInt(multiplier) + half) >> BigInt(shift));
    return clip(y + to.zeroPoint, low, 255);
  }

  /** 3×3, padded by 1, [C, side, side]. */
  conv(
    x: number[],
    from: PointPlan,
    w: string,
    b: string,
    side: number,
    to: PointPlan,
    relu: boolean,
  ): number[] {
    const { codes, scale } = this.#weight(w);
    const channels = scale.length;
    const inputs = x.length / side ** 2;
    const step = (c: number) => Math.fround(from.scale) * (scale[c] as number);
    const biases = this.#bias(b, step);
    const out: number[] = [];
    for (let c = 0; c < channels; c++) {
      for (let row = 0; row < side; row++) {
        for (let column = 0; column < side; column++) {
          let acc = biases[c] as number;
          for (let k = 0; k < inputs; k++) {
            for (let i = 0; i < 9; i++) {
              const [r, q] = [row + Math.floor(i / 3) - 1, column + (i % 3) - 1];
              if (r < 0 || q < 0 || r >= side || q >= side) continue;
              const code = x[(k * side + r) * side + q] as number;
              acc += (code - from.zeroPoint) * (codes[(c * inputs + k) * 9 + i] as number);
            }
          }
          out.push(this.#rescaled(acc, step(c) / Math.fround(to.scale), to, relu ? to.zeroPoint : 0));
        }
      }
    }
    return out;
  }

  /** Residual add with Relu, a multiplier each and one shift. */
  add(a: number[], from: PointPlan, b: number[], other: PointPlan, to: PointPlan): number[] {
    const ratios = [from, other].map(({ scale }) => Math.fround(scale) / Math.fround(to.scale)) as [
      number,
      number,
    ];
    const { shift } = dyadic(Math.max(...ratios), this.#bits);
    const [m1, m2] = ratios.map((ratio) => BigInt(roundHalfEven(ratio * 2 ** shift))) as [bigint, bigint];
    const half = 2n ** BigInt(shift - 1);
    return a.map((code, i) => {
      const sum = BigInt(code - from.zeroPoint) * m1 + BigInt((b[i] as number) - other.zeroPoint) * m2;
      return clip(Number((sum + half) >> BigInt(shift)) + to.zeroPoint, to.zeroPoint, 255);
    });
  }

  maxPool(x: number[], side: number, channels: number): number[] {
    const half = side / 2;
    return Array.from({ length: channels * half * half }, (_, i) => {
      const [c, r, q] = [Math.floor(i / half ** 2), Math.floor(i / half) % half, i % half];
      const at = (dr: number, dq: number) => x[(c * side + 2 * r + dr) * side + 2 * q + dq] as number;
      return Math.max(at(0, 0), at(0, 1), at(1, 0), at(1, 1));
    });
  }

  mean(x: number[], count: number, from: PointPlan, to: PointPlan): number[] {
    return Array.from({ length: x.length / count }, (_, c) => {
      const sum = x.slice(c * count, (c + 1) * count).reduce((all, code) => all + code - from.zeroPoint, 0);
      return this.#rescaled(sum, Math.fround(from.scale) / count / Math.fround(to.scale), to, 0);
    });
  }

  head(x: number[], from: PointPlan, w: string, b: string): Float32Array {
    const { codes, scale } = this.#weight(w);
    const step = (c: number) => Math.fround(from.scale) * (scale[c] as number);
    const biases = this.#bias(b, step);
    return Float32Array.from(scale, (_, c) => {
      const acc = x.reduce(
        (sum, code, k) => sum + (code - from.zeroPoint) * (codes[c * x.length + k] as number),
        biases[c] as number,
      );
      return Math.fround(acc) * Math.fround(step(c));
    });
  }
}

function clip(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

const forms: readonly Arithmetic[] = [{ kind: "integer" }, dyadicForm()];
/** Networks that have no integer form, and what the refusal names. */
const refused: Readonly<Record<string, string>> = {
  "batched matmul": "1 MatMul would stay float",
  "lstm and gru": "no activation is quantized",
  "conv transpose": "no activation is quantized",
  attention: "1 Add, 1 Softmax would stay float",
  matmul: "1 MatMul would stay float",
};

describe.each(smallNets)("$name", (net) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await benchOf(net, wasmRuntime);
  });
  afterAll(() => bench.probe.release());

  test.each(forms)("%j", async (arithmetic) => {
    const recipe = presetRecipe("w8a8");
    let made: Awaited<ReturnType<typeof exportOf>>;
    try {
      made = await exportOf(bench, recipe, arithmetic);
    } catch (error) {
      expect((error as Error).message).toContain(refused[net.name] ?? "(nothing is to be refused here)");
      return;
    }
    expect(refused[net.name]).toBeUndefined();
    const proof = integerProof(made.model, bench.network.pins);
    expect(proof).toMatchObject({ integerOnly: true, floatOperators: [] });
    expect(made.integer.operators).toBe(settled(arithmetic).operators);
    const simulated = await bench.probe.run(bench.feeds, bench.probe.settings(made.plan));
    const { most } = differenceOf(simulated, await run(made.model, bench.feeds));
    expect(most).toBeLessThanOrEqual(0.02);
  });
});
