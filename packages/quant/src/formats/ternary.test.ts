import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { decode, quantize } from "../quantize.ts";
import { fitTernary, twnThreshold } from "./ternary.ts";

const scheme = { format: "ternary", symmetric: true, range: "minmax" } as const;

describe("golden numbers (catalogue §10.5)", () => {
  it.each([
    [[0.8, 0.6, 0, 0], [1, 1, 0, 0], 2, 0.7, 0.9899494936611664],
    [[4, 1, 1, 1], [1, 0, 0, 0], 1, 4, 0.917662935482247],
    [[1.0, -0.9, 0.8, 0.1, -0.05], [1, -1, 1, 0, 0], 3, 0.9, 0.9933790970504932],
    [[3, 2, 1], [1, 1, 0], 2, 2.5, 0.944911182523068],
  ])("%j", (values, direction, support, alpha, cosine) => {
    const data = Float32Array.from(values);
    const fit = fitTernary(data);
    expect(fit.support).toBe(support);
    // The values are given in decimal; float32 has 24 bits of them.
    expect(fit.alpha).toBeCloseTo(alpha, 7);
    expect(fit.cosine).toBeCloseTo(cosine, 7);
    const found = quantize(data, [values.length], scheme, { kind: "tensor" });
    if (found.kind !== "levels") throw new Error(found.kind);
    expect([...found.codes].map((code) => code - 1)).toEqual(direction);
    expect(found.scale?.[0]).toBe(Math.fround(fit.alpha));
  });

  it("threshold of Ternary Weight Networks: the same support", () => {
    const values = [1.0, -0.9, 0.8, 0.1, -0.05];
    expect(twnThreshold(values)).toBeCloseTo(0.399, 12);
    expect(values.filter((x) => Math.abs(x) > twnThreshold(values))).toHaveLength(3);
  });
});

it("no support and scale leave less error: against all of them", () => {
  const random = seededRandom(3);
  for (let trial = 0; trial < 40; trial++) {
    const data = Float32Array.from({ length: 9 }, () => normal(random) ** (trial % 2 === 0 ? 1 : 3));
    const errorOf = (values: ArrayLike<number>) =>
      data.reduce((sum, x, i) => sum + (x - (values[i] as number)) ** 2, 0);
    let best = Number.POSITIVE_INFINITY;
    for (let mask = 1; mask < 512; mask++) {
      const kept = [...data].map((x, i) => ((mask >> i) & 1 ? Math.abs(x) : 0));
      const alpha = kept.reduce((sum, x) => sum + x, 0) / kept.filter((x) => x > 0).length;
      best = Math.min(best, errorOf([...data].map((x, i) => ((mask >> i) & 1 ? Math.sign(x) * alpha : 0))));
    }
    const found = errorOf(decode(quantize(data, [9], scheme, { kind: "tensor" })));
    expect(found).toBeLessThanOrEqual(best * (1 + 1e-6));
  }
});
