// MixDQ's programs, its sweep and its outlier tokens against the golden values of the notes.

import { decode, quantize, sqnrDb } from "@bitscape/quant";
import { describe, expect, test } from "vitest";
import { tokensOf, withoutTokens } from "./bos.ts";
import { solve } from "./knapsack.ts";
import { evenly, meanSplit, mixdqProgram, sweepK } from "./mixdq.ts";

const widths = [2, 4, 8];
const small = [
  { elements: 4, scores: [5, 20, 40] },
  { elements: 3, scores: [8, 18, 42] },
  { elements: 2, scores: [2, 25, 44] },
  { elements: 1, scores: [10, 15, 48] },
];

describe("programs", () => {
  // golden.json mixdq.ip_best
  test("the small instance", () => {
    const program = mixdqProgram(small, widths, 5);
    const outcome = solve(program);
    if (outcome.kind === "infeasible") throw new Error("infeasible");
    const { answer } = outcome;
    expect([...answer.picks].map((at, g) => widths[at - (program.starts[g] as number)])).toEqual([
      2, 8, 8, 2,
    ]);
    expect(answer.loss).toBe(-101);
    expect(answer.costs[0]).toBe(50);
    expect(answer.gap).toBe(0);
  });

  // golden.json mixdq.meanbit
  test("a mean is split between groups", () => {
    const golden = meanSplit(5, 0.5, 0.8);
    expect(golden.quality).toBeCloseTo(5.357142857142858, 14);
    expect(golden.content).toBeCloseTo(4.285714285714286, 14);
    const { quality, content } = meanSplit(4, 2.24, 0.7);
    expect((quality + 2.24 * content) / 3.24).toBeCloseTo(4, 12);
  });

  test("the sweep keeps every mean within its corridor, and skips what a group cannot have", () => {
    const layer = (i: number, least: number) => ({
      elements: 100 + 37 * i,
      scores: widths.map((bits, k) => (bits < least ? undefined : (i + 1) * (k + 1) + (i % 3))),
    });
    const quality = { layers: Array.from({ length: 12 }, (_, i) => layer(i, 4)), widths: [2, 4, 8] };
    const content = { layers: Array.from({ length: 20 }, (_, i) => layer(i, 2)), widths };
    const ks = [...evenly(0.46, 1.36, 10), 5];
    const found = sweepK(quality, content, { means: evenly(4.7, 5, 3), ks });
    expect(found.length).toBeGreaterThan(10);
    expect(found.length).toBeLessThan(33);
    expect(found.every(({ k }) => k !== 5)).toBe(true);
    for (const { quality: q, content: c } of found) {
      for (const [group, { bits, mean }] of [[quality, q] as const, [content, c] as const]) {
        const all = group.layers.reduce((sum, each) => sum + each.elements, 0);
        const own = group.layers.reduce((sum, each, i) => sum + each.elements * (bits[i] as number), 0);
        expect(Math.abs(own / all - mean)).toBeLessThanOrEqual(0.02 + 1e-9);
      }
      expect(Math.min(...q.bits)).toBe(4);
    }
  });
});

describe("outlier tokens", () => {
  const rows = [
    [800, -600],
    [10, -8],
    [4, 2],
    [-6, 1],
  ];
  const shape = [2, 4, 2];
  const x = Float32Array.from(
    [...rows, ...rows.map((row, t) => (t === 0 ? row : row.map((v) => v * 0.9)))].flat(),
  );
  const scheme = { format: "uint8", granularity: "tensor", symmetric: false, range: "minmax" } as const;
  const quantized = (data: Float32Array, own: readonly number[]) => {
    const encoded = quantize(data, own, scheme, { kind: "tensor" });
    if (!("zeroPoint" in encoded)) throw new Error("not affine");
    return { encoded, values: decode(encoded) };
  };

  test("are found: constant ones to fold, others to keep float", () => {
    expect(tokensOf(x, shape).map(({ treatment }) => treatment)).toEqual([
      "fold",
      "quantize",
      "quantize",
      "quantize",
    ]);
    const moving = x.slice();
    moving[8] = 801;
    expect(tokensOf(moving, shape)[0]).toMatchObject({ constant: false, outlier: true, treatment: "float" });
    // One sample proves no constancy.
    expect(tokensOf(x.subarray(0, 8), [1, 4, 2])[0]?.treatment).toBe("float");
    expect(() => tokensOf(x, [4, 2])).toThrow("expected [samples, tokens, channels]");
  });

  // golden.json bos.*
  test("without them the others keep their precision", () => {
    const first = Float32Array.from(rows.flat());
    const rest = withoutTokens(first, [1, 4, 2], tokensOf(x, shape));
    expect(rest.shape).toEqual([1, 3, 2]);
    expect([...rest.data]).toEqual([10, -8, 4, 2, -6, 1]);
    const naive = quantized(first, [4, 2]);
    expect(naive.encoded.scale[0]).toBeCloseTo(5.490196078431373, 6);
    expect(naive.encoded.zeroPoint[0]).toBe(109);
    const aware = quantized(rest.data, [3, 2]);
    expect(aware.encoded.scale[0]).toBeCloseTo(0.07058823529411765, 8);
    expect(aware.encoded.zeroPoint[0]).toBe(113);
    const golden = [
      10.023529411764706, -7.976470588235294, 4.023529411764706, 1.976470588235294, -6, 0.9882352941176471,
    ];
    for (const [i, value] of golden.entries()) expect(aware.values[i]).toBeCloseTo(value, 5);
    expect(sqnrDb(rest.data, naive.values.subarray(2))).toBeCloseTo(11.758691900353853, 4);
    expect(sqnrDb(rest.data, aware.values)).toBeCloseTo(49.727812037354255, 3);
  });
});
