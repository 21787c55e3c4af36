import { expect, test } from "vitest";
import { drawSequence } from "./sequence.ts";

const importance = Float64Array.from({ length: 100 }, (_, i) => 1 / (1 + ((i * 37) % 100)));

test("chances add up to one, and draws come as often as their chance says", () => {
  const { order, chance } = drawSequence(importance, 4096, 0.5);
  expect(chance.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  const counts = new Float64Array(100);
  for (const at of order) counts[at] = (counts[at] as number) + 1;
  for (const [i, count] of counts.entries())
    expect(Math.abs(count / 4096 - (chance[i] as number))).toBeLessThan(0.001);
});

test("every prefix of 2^k draws is one from each of as many equal parts of the chances", () => {
  const { order, chance } = drawSequence(importance, 64, 0.5);
  const sorted = [...chance.keys()].sort((a, b) => (chance[a] as number) - (chance[b] as number) || a - b);
  const below = new Float64Array(100);
  let sum = 0;
  for (const i of sorted) {
    below[i] = sum;
    sum += chance[i] as number;
  }
  for (const length of [8, 16, 64]) {
    // A draw lies in the part that its sample reaches into.
    const parts = new Set<number>();
    for (const at of order.subarray(0, length)) {
      const [from, to] = [below[at] as number, (below[at] as number) + (chance[at] as number)];
      for (let part = Math.floor(from * length + 1e-9); part <= Math.floor(to * length - 1e-9); part++)
        parts.add(part);
    }
    expect(parts.size).toBe(length);
  }
});

test("the estimate of a mean does better than as many samples in turn", () => {
  const values = importance.map((x, i) => x * (1 + 0.5 * Math.sin(i)));
  const truth = values.reduce((a, b) => a + b, 0) / 100;
  let [drawn, plain] = [0, 0];
  for (let start = 0; start < 1; start += 0.05) {
    const { order, chance } = drawSequence(importance, 16, start);
    const estimate =
      order.reduce((sum, i) => sum + (values[i] as number) / ((chance[i] as number) * 100), 0) / 16;
    drawn += (estimate / truth - 1) ** 2;
    const from = Math.floor(start * 84);
    plain += (values.subarray(from, from + 16).reduce((a, b) => a + b, 0) / 16 / truth - 1) ** 2;
  }
  expect(drawn).toBeLessThan(plain / 4);
});
